import NNCore
import NNKernels

/// The gradients of a recurrent layer's gates at all steps, and of its initial state.
///
/// The weights' gradients are either matrix products over all steps, computed after this op; or, if
/// each step reads its inputs, they are accumulated step by step while a step's gradients are in
/// cache.
struct RecurrentGradient: KernelOp {
  static let name = "recurrentGradient"
  let configuration: RecurrentConfiguration
  /// The results (outputs, last h, last c) on which the loss depends; their gradients are inputs.
  let incoming: [RecurrentTensor]

  var attributes: Attributes {
    configuration.attributes + [
      "incoming": .string(incoming.map(\.rawValue).joined(separator: " "))
    ]
  }

  /// The inputs: gradients of results, then `known`.
  var given: [RecurrentTensor] { incoming + known }
  var known: [RecurrentTensor] { configuration.givenBackward }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let pass = try RecurrentPass.checked(
      configuration, isBackward: true, given, inputs, gates: .gates)
    return configuration.gradients.map { pass.type(of: $0) }
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    context.undefined(
      "a recurrent network has no second derivatives",
      hint: "use a loss that depends on the network's outputs, not on its gradients; for a few "
        + "steps, RNNCell, LSTMCell and GRUCell can be differentiated again")
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    Recurrent(configuration: configuration).multiplyAdds(inputs: outputs, outputs: inputs)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    RecurrentPass(configuration, isBackward: true, gates: outputs[0])
      .scratchByteCount(workers: workers, packs: true)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    func buffer(_ tensor: RecurrentTensor, among tensors: [RecurrentTensor]) -> Buffer? {
      tensors.firstIndex(of: tensor).map { context.inputs[incoming.count + $0] }
    }
    func input(_ tensor: RecurrentTensor) -> UnsafeMutableRawPointer? {
      buffer(tensor, among: known)?.address
    }
    func gradient(_ tensor: RecurrentTensor) -> UnsafeRawPointer? {
      incoming.firstIndex(of: tensor).map { UnsafeRawPointer(context.inputs[$0].address) }
    }
    func output(_ tensor: RecurrentTensor) -> UnsafeMutableRawPointer? {
      configuration.gradients.firstIndex(of: tensor)
        .flatMap { context.isRead($0) ? context.outputs[$0].address : nil }
    }
    let pass = RecurrentPass(configuration, isBackward: true, gates: context.outputs[0].type)
    let weights = [RecurrentTensor.hiddenWeight, .projection]
    let sources = weights.compactMap { tensor in input(tensor).map { (tensor, $0) } }
    let hasInputs = configuration.inputs > 0
    let gates = context.outputs[0].address
    let hiddenGates = configuration.gradients.firstIndex(of: .hiddenGates).map {
      context.outputs[$0].address
    }
    return pass.kernel(
      context, weights: Dictionary(uniqueKeysWithValues: sources), packs: true,
      gradients: output(.weights)
    ) { net in
      net.x = input(.x).map { UnsafeRawPointer($0) }
      net.y = input(.y)
      net.gates = input(.gates)
      net.cells = input(.cells)
      net.extra = input(.extra)
      net.h0 = input(.initialH).map { UnsafeRawPointer($0) }
      net.c0 = input(.initialC).map { UnsafeRawPointer($0) }
      net.lengths = buffer(.lengths, among: known)
        .map { UnsafePointer($0.pointer(as: Int32.self)) }
      net.dy = gradient(.y)
      net.last_dh = gradient(.lastH)
      net.last_dc = gradient(.lastC)
      // The matrix product of the next step reads these if there are no inputs.
      net.d_gates = hasInputs ? output(.gates) : gates
      net.d_hidden = hasInputs ? nil : hiddenGates ?? gates
      net.d_projected =
        configuration.gradients.firstIndex(of: .projected).map { context.outputs[$0].address }
      net.first = output(.firstGates)
      net.dh0 = output(.initialH)
      net.dc0 = output(.initialC)
    }
  }
}

extension Recurrent {
  func gradient(_ context: GradientContext) -> [Value?] {
    let results = Dictionary(uniqueKeysWithValues: zip(configuration.results, context.outputs))
    let cotangents = zip(configuration.results, context.cotangents).filter { $0.1 != nil }
    let incoming = cotangents.map(\.0)
    guard incoming.allSatisfy({ $0 == .y || $0 == .lastH || $0 == .lastC }) else {
      return context.undefined(
        "the values that a recurrent network keeps for its gradient have no gradient")
    }
    let inputs = Dictionary(uniqueKeysWithValues: zip(configuration.given, context.inputs))
    let known = configuration.givenBackward.compactMap {
      $0 == .hiddenWeight ? inputs[$0] : results[$0] ?? inputs[$0]
    }
    let values = configuration.gradients(cotangents.compactMap(\.1) + known, incoming: incoming)
    guard let first = values.first, !first.isPoisoned else {
      return context.inputs.map { _ in nil }
    }
    let gradients = Dictionary(uniqueKeysWithValues: zip(configuration.gradients, values))
    let chain = RecurrentWeightGradients(
      configuration: configuration, inputs: inputs, results: results, gradients: gradients)
    return configuration.given.map { tensor in
      switch tensor {
      case .x: chain.x
      case .inputWeight: chain.inputWeight
      case .bias: chain.bias
      case .hiddenWeight: chain.hiddenWeight
      case .hiddenBias: chain.hiddenBias
      case .projection: chain.projection
      case .initialH, .initialC: gradients[tensor]
      default: nil
      }
    }
  }
}

extension RecurrentConfiguration {
  /// The results of the backward pass.
  ///
  /// - Parameters:
  ///   - inputs: The gradients of the results in `incoming`, then `givenBackward`.
  ///   - incoming: The results on which the loss depends.
  package func gradients(_ inputs: [Value], incoming: [RecurrentTensor]) -> [Value] {
    inputs[0].graph.add(RecurrentGradient(configuration: self, incoming: incoming), inputs)
  }
}

/// Computes the weights' gradients from those of the gates at all steps.
private struct RecurrentWeightGradients {
  let configuration: RecurrentConfiguration
  let inputs: [RecurrentTensor: Value]
  let results: [RecurrentTensor: Value]
  let gradients: [RecurrentTensor: Value]

  /// ∂loss/∂gates; if each step reads its inputs, that times the input weight.
  var x: Value? {
    guard configuration.inputs > 0, let weight = inputs[.inputWeight] else {
      return gradients[.gates]
    }
    return gradients[.gates]?.matMul(weight)
  }

  /// ∂loss/∂W if each step reads its inputs; else nil.
  var inputWeight: Value? { inputPart?.narrowed(to: 0..<configuration.inputs, axis: 1) }

  /// ∂loss/∂b if each step reads its inputs; else nil.
  var bias: Value? {
    inputPart?.narrowed(to: configuration.inputs..<configuration.inputs + 1, axis: 1).reshaped(to: [
      configuration.wide
    ])
  }

  private var inputPart: Value? {
    gradients[.weights]?
      .slice(
        at: configuration.wide * configuration.outputs,
        shape: [configuration.wide, configuration.inputs + 1])
  }

  /// Σ (∂loss/∂gates of a step)ᵀ · h of the step before.
  var hiddenWeight: Value? {
    if let all = gradients[.weights] {
      return all.slice(at: 0, shape: [configuration.wide, configuration.outputs])
    }
    guard let gates = hiddenGates, let y = results[.y] else { return nil }
    guard configuration.cell == .gruResetBefore else {
      return total(afterFirst(gates), beforeLast(y), first: gradients[.firstGates])
    }
    // The rows of r and z multiply the state; those of n multiply the reset state of all steps.
    let both = 0..<2 * configuration.hidden
    let states = total(
      afterFirst(gates).narrowed(to: both, axis: 1), beforeLast(y),
      first: gradients[.firstGates]?.narrowed(to: both, axis: 1))
    let n = rows(gates).narrowed(to: 2 * configuration.hidden..<configuration.wide, axis: 1)
    guard let states, let reset = results[.extra] else { return nil }
    return .concatenated([states, n.matMul(rows(reset), transposeA: true)], axis: 0)
  }

  /// The sum over all steps of n's part.
  var hiddenBias: Value? {
    if let all = gradients[.weights] {
      return all.slice(
        at: configuration.wide * (configuration.outputs + configuration.inputs + 1),
        shape: [configuration.hidden])
    }
    return hiddenGates.map { gates in
      rows(gates).sum(axes: [0]).narrowed(
        to: 2 * configuration.hidden..<configuration.wide, axis: 0)
    }
  }

  /// Σ (∂loss/∂h of a step)ᵀ · the input of the projection.
  var projection: Value? {
    guard let projected = gradients[.projected], let source = results[.extra] else { return nil }
    return rows(projected).matMul(rows(source), transposeA: true)
  }

  private var hiddenGates: Value? { gradients[.hiddenGates] ?? gradients[.gates] }

  private func total(_ gates: Value, _ states: Value, first: Value?) -> Value? {
    let later = gates.matMul(states, transposeA: true)
    guard let first, let initial = inputs[.initialH] else { return later }
    return later + first.matMul(initial, transposeA: true)
  }

  /// The steps concatenated as a matrix [steps · batch, elements].
  private func rows(_ value: Value) -> Value {
    value.reshaped(to: [value.shape[0] * value.shape[1], value.shape[2]])
  }

  /// The rows of all steps except the one that runs first; a view.
  private func afterFirst(_ value: Value) -> Value {
    part(value, skipsStart: !configuration.isReversed)
  }

  /// The rows of all steps except the one that runs last; a view.
  private func beforeLast(_ value: Value) -> Value {
    part(value, skipsStart: configuration.isReversed)
  }

  private func part(_ value: Value, skipsStart: Bool) -> Value {
    let (steps, batch, width) = (value.shape[0], value.shape[1], value.shape[2])
    return value.reshaped(to: [value.shape.elementCount])
      .slice(at: skipsStart ? batch * width : 0, shape: [(steps - 1) * batch, width])
  }
}
