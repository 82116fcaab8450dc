import NNCore
import NNKernels

/// A recurrent layer over all time steps.
///
/// The inputs' part of the gates is either a matrix product over all steps, computed before this
/// op, to which each step adds the state's part; or each step computes one matrix product of its
/// inputs and the state.
struct Recurrent: KernelOp {
  static let name = "recurrent"
  let configuration: RecurrentConfiguration
  /// Whether the weights are packed into panels.
  var isPacked = false

  var attributes: Attributes { configuration.attributes + ["packed": .bool(isPacked)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let weights: Set<RecurrentTensor> = isPacked ? [.hiddenWeight, .projection] : []
    let named = zip(configuration.given, inputs).filter { !weights.contains($0.0) }
    guard inputs.count == configuration.given.count else {
      throw OpError(
        "\(configuration.cell.rawValue) takes \(configuration.given.count) tensors, "
          + "gets \(inputs.count)")
    }
    let pass = try RecurrentPass.checked(
      configuration, isBackward: false, named.map(\.0), named.map(\.1), gates: .x)
    return configuration.results.map { pass.type(of: $0) }
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    let cell =
      configuration.wide * (configuration.outputs + configuration.inputs)
      + (configuration.isProjected ? configuration.hidden * configuration.outputs : 0)
    return [inputs[0].shape[0], inputs[0].shape[1], cell].saturatingProduct
  }

  /// The same op with packed weights; nil unless the weights are constant across runs, so that
  /// packing costs nothing per run.
  func packed(_ inputs: [Value], isInvariant: [Bool]) -> [Value]? {
    let indices = Dictionary(uniqueKeysWithValues: zip(configuration.given, inputs.indices))
    var packed = inputs
    for tensor in [RecurrentTensor.hiddenWeight, .projection] {
      guard let index = indices[tensor] else { continue }
      let sources = configuration.packed(with: tensor).compactMap { indices[$0] }
      guard !isPacked, sources.allSatisfy({ isInvariant[$0] }) else { return nil }
      packed[index] = configuration.panels(
        tensor, sources.map { inputs[$0] }, steps: inputs[0].shape[0], batch: inputs[0].shape[1])
    }
    return inputs[0].graph.add(Recurrent(configuration: configuration, isPacked: true), packed)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    RecurrentPass(configuration, isBackward: false, gates: inputs[0])
      .scratchByteCount(workers: workers, packs: !isPacked)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    func given(_ tensor: RecurrentTensor) -> Buffer? {
      configuration.given.firstIndex(of: tensor).map { context.inputs[$0] }
    }
    func kept(_ tensor: RecurrentTensor) -> UnsafeMutableRawPointer? {
      configuration.results.firstIndex(of: tensor)
        .flatMap { context.isRead($0) ? context.outputs[$0].address : nil }
    }
    let x = context.inputs[0]
    let pass = RecurrentPass(configuration, isBackward: false, gates: x.type)
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

extension RecurrentConfiguration {
  /// The results of the forward pass from its inputs, `given`.
  package func outputs(_ inputs: [Value]) -> [Value] {
    inputs[0].graph.add(Recurrent(configuration: self), inputs)
  }
}

/// The outputs of a recurrent layer.
public struct RecurrentResult {
  /// h of each step, [steps, batch, elements of h]; zeros after the end of a sequence.
  public let outputs: Value
  /// The last h of each sequence, [batch, elements of h].
  public let hidden: Value
  /// The last c of each sequence, [batch, units]; nil except for LSTM.
  public let cell: Value?
}

extension Value {
  /// Applies a recurrent layer to all steps of this input x, [steps, batch, features]; W x + b is
  /// its part of the gates.
  ///
  /// - Parameters:
  ///   - cell: The formulas of a step.
  ///   - inputWeight: W, with the gates stacked: [gates · units, features].
  ///   - bias: b, [gates · units]; nil for zeros.
  ///   - hiddenWeight: U, with the gates stacked: [gates · units, elements of h].
  ///   - hiddenBias: Only for `gru`: the bias of U h in n, [units].
  ///   - projection: Only for `lstm`: P in h = P (σ(o) tanh(c)), [elements of h, units].
  ///   - initial: The initial h [batch, elements of h] and, for `lstm`, c [batch, units]; nil for
  ///     zeros.
  ///   - lengths: int32 [batch], the number of steps of each sequence. Later steps leave its state
  ///     unchanged and output zeros; if reversed, a sequence begins at its own last step.
  ///   - isReversed: Whether to run from the last step to the first.
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
          + "elements of h], a hidden bias only for gru, projection and cell state only for lstm"
      )
      return RecurrentResult(outputs: poisoned, hidden: poisoned, cell: poisoned)
    }
    guard !isPoisoned, shape.rank == 3, inputWeight.shape == [size[0], shape[2]] else {
      let poisoned = graph.report(
        "\(cell.rawValue) of \(shape) with an input weight of \(inputWeight.shape): expects "
          + "[steps, batch, features] and [\(size[0]), features]")
      return RecurrentResult(outputs: poisoned, hidden: poisoned, cell: poisoned)
    }
    let isJoint = RecurrentConfiguration.takesInputs(
      cell, batch: shape[1], wide: size[0], depth: shape[2] + size[1],
      isProjected: projection != nil
    )
    let configuration = RecurrentConfiguration(
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
    let results = configuration.outputs(given.compactMap { $0 })
    return RecurrentResult(
      outputs: results[0], hidden: results[1], cell: cell.isLSTM ? results[2] : nil)
  }
}
