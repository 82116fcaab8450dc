import NNCore
import NNKernels

/// All steps of a recurrent network.
///
/// The input's part of the gates is a matrix product over all steps, made before; here each step
/// adds the state's part.
struct Recurrent: Op {
  static let name = "recurrent"
  let form: RecurrentForm
  /// Whether the weights are given in panels.
  var isPacked = false

  var attributes: String { form.description + (isPacked ? ", packed" : "") }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let weights: [RecurrentTensor] = isPacked ? [.hiddenWeight, .projection] : []
    let named = zip(form.given, inputs).filter { !weights.contains($0.0) }
    guard inputs.count == form.given.count else {
      throw OpError("\(form.cell.rawValue) takes \(form.given.count) tensors, gets \(inputs.count)")
    }
    let pass = try RecurrentPass.checked(
      form, isBackward: false, named.map(\.0), named.map(\.1), gates: .x)
    return form.results.map { pass.type(of: $0) }
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    let cell = form.wide * form.outputs + (form.isProjected ? form.hidden * form.outputs : 0)
    return inputs[0].shape[0] * inputs[0].shape[1] * cell
  }

  func loweredOutputs(_ inputs: [Value], lasting: [Bool]) -> [Value]? {
    guard !isPacked, let weight = form.given.firstIndex(of: .hiddenWeight), lasting[weight] else {
      return nil
    }
    var packed = inputs
    for tensor in [RecurrentTensor.hiddenWeight, .projection] {
      guard let place = form.given.firstIndex(of: tensor) else { continue }
      packed[place] = PackRecurrent(
        form: form, tensor: tensor, steps: inputs[0].shape[0], rows: inputs[0].shape[1]
      ).apply(inputs[place])
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
    return pass.kernel(
      context, weights: context.inputs[1], projection: given(.projection), packs: !isPacked
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
  /// This value is the input's part of the gates, x·Wᵀ + b, of all steps: [steps, rows, gates ·
  /// units].
  ///
  /// - Parameters:
  ///   - cell: What is computed at each step.
  ///   - hiddenWeight: U, gates one below another: [gates · units, elements of h].
  ///   - hiddenBias: Of `gru` alone: what is added to U h in n, [units].
  ///   - projection: Of `lstm` alone: h = P (σ(o) tanh(c)), [elements of h, units].
  ///   - initial: The first h [rows, elements of h] and, of `lstm`, c [rows, units]; zeros where nil.
  ///   - lengths: int32 [rows], the steps of each row. Later ones leave its state as it is and give
  ///     zeros; where reversed, a row begins at its own last step.
  ///   - isReversed: From the last step to the first.
  public func recurrent(
    _ cell: RecurrentCell, hiddenWeight: Value, hiddenBias: Value? = nil,
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
    let form = RecurrentForm(
      cell: cell, isReversed: isReversed, hidden: size[0] / cell.gateCount, outputs: size[1],
      isProjected: projection != nil, hasHiddenBias: hiddenBias != nil,
      hasInitialState: initial != nil, hasLengths: lengths != nil)
    let given = [self, hiddenWeight, hiddenBias, initial?.hidden, initial?.cell, lengths, projection]
    let results = graph.add(Recurrent(form: form), given.compactMap { $0 })
    return RecurrentResult(
      outputs: results[0], hidden: results[1], cell: cell.isLSTM ? results[2] : nil)
  }
}
