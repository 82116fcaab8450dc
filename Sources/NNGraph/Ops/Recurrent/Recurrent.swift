import NNCore
import NNKernels

/// All steps of a recurrent network.
///
/// The inputs' part of the gates is a matrix product over all steps, made before, to which each step
/// adds the state's part; or each step makes one product of its inputs and the state.
struct Recurrent: Op {
  static let name = "recurrent"
  let form: RecurrentForm
  /// Whether the weights are given in panels.
  var isPacked = false

  var attributes: String { form.description + (isPacked ? ", packed" : "") }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let weights: Set<RecurrentTensor> = isPacked ? [.hiddenWeight, .projection] : []
    let named = zip(form.given, inputs).filter { !weights.contains($0.0) }
    guard inputs.count == form.given.count else {
      throw OpError("\(form.cell.rawValue) takes \(form.given.count) tensors, gets \(inputs.count)")
    }
    let pass = try RecurrentPass.checked(
      form, isBackward: false, named.map(\.0), named.map(\.1), gates: .x)
    return form.results.map { pass.type(of: $0) }
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    let cell =
      form.wide * (form.outputs + form.inputs) + (form.isProjected ? form.hidden * form.outputs : 0)
    return [inputs[0].shape[0], inputs[0].shape[1], cell].saturatingProduct
  }

  func loweredOutputs(_ inputs: [Value], lasting: [Bool]) -> [Value]? {
    let places = Dictionary(uniqueKeysWithValues: zip(form.given, inputs.indices))
    var packed = inputs
    for tensor in [RecurrentTensor.hiddenWeight, .projection] {
      guard let place = places[tensor] else { continue }
      let op = PackRecurrent(
        form: form, tensor: tensor, steps: inputs[0].shape[0], rows: inputs[0].shape[1])
      let sources = op.sources.compactMap { places[$0] }
      guard !isPacked, sources.allSatisfy({ lasting[$0] }) else { return nil }
      packed[place] = inputs[0].graph.add(op, sources.map { inputs[$0] })[0]
    }
    return inputs[0].graph.add(Recurrent(form: form, isPacked: true), packed)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    RecurrentPass(form, isBackward: false, gates: inputs[0])
      .scratchByteCount(workers: workers, packs: !isPacked)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    func given(_ tensor: RecurrentTensor) -> Buffer? {
      form.given.firstIndex(of: tensor).map { context.inputs[$0] }
    }
    func kept(_ tensor: RecurrentTensor) -> UnsafeMutableRawPointer? {
      form.results.firstIndex(of: tensor)
        .flatMap { context.isRead($0) ? context.outputs[$0].address : nil }
    }
    let x = context.inputs[0]
    let pass = RecurrentPass(form, isBackward: false, gates: x.type)
    let weights = [RecurrentTensor.hiddenWeight, .inputWeight, .bias, .projection]
    let sources = weights.compactMap { tensor in given(tensor).map { (tensor, $0.address) } }
    return pass.kernel(
      context, weights: Dictionary(uniqueKeysWithValues: sources), packs: !isPacked
    ) { net in
      net.x = UnsafeRawPointer(x.address)
      net.hidden_bias = given(.hiddenBias).map { UnsafeRawPointer($0.address) }
      net.h0 = given(.initialH).map { UnsafeRawPointer($0.address) }
      net.c0 = given(.initialC).map { UnsafeRawPointer($0.address) }
      net.lengths = given(.lengths).map { UnsafePointer($0.pointer(as: Int32.self)) }
      net.y = kept(.y)
      net.last_h = kept(.lastH)
      net.last_c = kept(.lastC)
      net.gates = kept(.gates)
      net.cells = kept(.cells)
      net.extra = kept(.extra)
    }
  }
}

/// What a recurrent network gives.
public struct RecurrentResult {
  /// h of each step [steps, rows, elements of h]; zeros where a row has ended.
  public let outputs: Value
  /// Each row's last h [rows, elements of h].
  public let hidden: Value
  /// Each row's last c [rows, units]; nil but for LSTM.
  public let cell: Value?
}

extension Value {
  /// Runs a recurrent network over all steps.
  ///
  /// This value is the inputs, [steps, rows, features], of which W x + b goes into the gates.
  ///
  /// - Parameters:
  ///   - cell: What is computed at each step.
  ///   - inputWeight: W, gates one below another: [gates · units, features].
  ///   - bias: b, [gates · units]; zeros where nil.
  ///   - hiddenWeight: U, gates one below another: [gates · units, elements of h].
  ///   - hiddenBias: Of `gru` alone: what is added to U h in n, [units].
  ///   - projection: Of `lstm` alone: h = P (σ(o) tanh(c)), [elements of h, units].
  ///   - initial: The first h [rows, elements of h] and, of `lstm`, c [rows, units]; zeros where nil.
  ///   - lengths: int32 [rows], the steps of each row. Later ones leave its state as it is and give
  ///     zeros; where reversed, a row begins at its own last step.
  ///   - isReversed: From the last step to the first.
  public func recurrent(
    _ cell: RecurrentCell, inputWeight: Value, bias: Value?, hiddenWeight: Value,
    hiddenBias: Value? = nil,
    projection: Value? = nil, initial: (hidden: Value, cell: Value?)? = nil,
    lengths: Value? = nil, isReversed: Bool = false
  ) -> RecurrentResult {
    let size = hiddenWeight.shape
    guard size.rank == 2, size[0] % cell.gateCount == 0, cell == .gru || hiddenBias == nil,
      cell == .lstm || projection == nil, initial == nil || (initial?.cell != nil) == cell.isLSTM
    else {
      let poisoned = graph.report(
        "\(cell.rawValue) with a hidden weight of \(size): expects [\(cell.gateCount) · units, "
          + "elements of h], a hidden bias for gru alone, a projection and a cell for lstm alone")
      return RecurrentResult(outputs: poisoned, hidden: poisoned, cell: poisoned)
    }
    guard !isPoisoned, shape.rank == 3, inputWeight.shape == [size[0], shape[2]] else {
      let poisoned = graph.report(
        "\(cell.rawValue) of \(shape) with an input weight of \(inputWeight.shape): expects "
          + "[steps, rows, features] and [\(size[0]), features]")
      return RecurrentResult(outputs: poisoned, hidden: poisoned, cell: poisoned)
    }
    let isJoint = RecurrentForm.takesInputs(
      cell, rows: shape[1], wide: size[0], depth: shape[2] + size[1], isProjected: projection != nil
    )
    let form = RecurrentForm(
      cell: cell, isReversed: isReversed, inputs: isJoint ? shape[2] : 0,
      hasBias: isJoint && bias != nil, hidden: size[0] / cell.gateCount, outputs: size[1],
      isProjected: projection != nil, hasHiddenBias: hiddenBias != nil,
      hasInitialState: initial != nil, hasLengths: lengths != nil)
    let x: [Value?]
    if isJoint {
      x = [self, hiddenWeight, inputWeight, bias]
    } else {
      let product = matMul(inputWeight, transposeB: true)
      x = [bias.map { product + $0 } ?? product, hiddenWeight]
    }
    let given = x + [hiddenBias, initial?.hidden, initial?.cell, lengths, projection]
    let results = graph.add(Recurrent(form: form), given.compactMap { $0 })
    return RecurrentResult(
      outputs: results[0], hidden: results[1], cell: cell.isLSTM ? results[2] : nil)
  }
}
