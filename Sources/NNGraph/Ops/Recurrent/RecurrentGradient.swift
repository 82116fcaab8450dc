import NNCore
import NNKernels

/// The gradients of a recurrent network's gates at all steps, and of its first state.
///
/// The weights' gradients are matrix products over all steps, made after; or, where each step takes
/// its inputs, sums over the steps of products made while a step's gradients are in cache.
struct RecurrentGradient: Op {
  static let name = "recurrentGradient"
  let form: RecurrentForm
  /// Which of the outputs, last h and last c the loss depends on: those whose gradients are given.
  let incoming: [RecurrentTensor]

  var attributes: String { form.description }

  /// The inputs: gradients of results, the hidden weight, the outputs, what was kept, and what both
  /// passes take.
  var given: [RecurrentTensor] { incoming + known }
  var known: [RecurrentTensor] {
    [.hiddenWeight, .y] + (form.inputs > 0 ? [.x] : []) + form.kept + form.context
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let pass = try RecurrentPass.checked(form, isBackward: true, given, inputs, gates: .gates)
    return form.gradients.map { pass.type(of: $0) }
  }

  /// None: there is no second derivative here, and leaving it out would be a wrong number.
  func gradient(_ context: GradientContext) -> [Value?] {
    let poisoned = context.inputs[0].graph.report(
      "the gradient of a recurrent network's gradient is not there",
      hint: "use a loss that depends on the network's outputs, not on its gradients; for a few "
        + "steps, RNNCell, LSTMCell and GRUCell can be differentiated again")
    return context.inputs.map { _ in poisoned }
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    Recurrent(form: form).multiplyAdds(inputs: outputs, outputs: inputs)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    RecurrentPass(form, isBackward: true, gates: outputs[0])
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
      form.gradients.firstIndex(of: tensor)
        .flatMap { context.isRead($0) ? context.outputs[$0].address : nil }
    }
    let pass = RecurrentPass(form, isBackward: true, gates: context.outputs[0].type)
    let weights = [RecurrentTensor.hiddenWeight, .projection]
    let sources = weights.compactMap { tensor in input(tensor).map { (tensor, $0) } }
    let hasInputs = form.inputs > 0
    let gates = context.outputs[0].address
    let hiddenGates = form.gradients.firstIndex(of: .hiddenGates).map { context.outputs[$0].address }
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
      // The product of the next step reads these where there are no inputs.
      net.d_gates = hasInputs ? output(.gates) : gates
      net.d_hidden = hasInputs ? nil : hiddenGates ?? gates
      net.d_projected =
        form.gradients.firstIndex(of: .projected).map { context.outputs[$0].address }
      net.first = output(.firstGates)
      net.dh0 = output(.initialH)
      net.dc0 = output(.initialC)
    }
  }
}

extension Recurrent {
  func gradient(_ context: GradientContext) -> [Value?] {
    let graph = context.inputs[0].graph
    let results = Dictionary(uniqueKeysWithValues: zip(form.results, context.outputs))
    let cotangents = zip(form.results, context.cotangents).filter { $0.1 != nil }
    let incoming = cotangents.map(\.0)
    guard incoming.allSatisfy({ $0 == .y || $0 == .lastH || $0 == .lastC }) else {
      let poisoned = graph.report("what a recurrent network keeps for its gradient has none itself")
      return context.inputs.map { _ in poisoned }
    }
    let inputs = Dictionary(uniqueKeysWithValues: zip(form.given, context.inputs))
    let op = RecurrentGradient(form: form, incoming: incoming)
    let known = op.known.compactMap { $0 == .hiddenWeight ? inputs[$0] : results[$0] ?? inputs[$0] }
    let values = graph.add(op, cotangents.compactMap(\.1) + known)
    guard let first = values.first, !first.isPoisoned else { return context.inputs.map { _ in nil } }
    let gradients = Dictionary(uniqueKeysWithValues: zip(form.gradients, values))
    let chain = RecurrentWeightGradients(
      form: form, inputs: inputs, results: results, gradients: gradients)
    return form.given.map { tensor in
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

/// The weights' gradients from those of the gates at all steps.
private struct RecurrentWeightGradients {
  let form: RecurrentForm
  let inputs: [RecurrentTensor: Value]
  let results: [RecurrentTensor: Value]
  let gradients: [RecurrentTensor: Value]

  /// ∂loss/∂gates, or that times the input weight.
  var x: Value? {
    guard form.inputs > 0, let weight = inputs[.inputWeight] else { return gradients[.gates] }
    return gradients[.gates]?.matMul(weight)
  }

  /// Where inputs are taken.
  var inputWeight: Value? { inputPart?.narrowed(to: 0..<form.inputs, axis: 1) }

  /// Where inputs are taken.
  var bias: Value? {
    inputPart?.narrowed(to: form.inputs..<form.inputs + 1, axis: 1).reshaped(to: [form.wide])
  }

  private var inputPart: Value? {
    gradients[.weights]?
      .slice(at: form.wide * form.outputs, shape: [form.wide, form.inputs + 1])
  }

  /// Σ (∂loss/∂gates of a step)ᵀ · h of the step before.
  var hiddenWeight: Value? {
    if let all = gradients[.weights] { return all.slice(at: 0, shape: [form.wide, form.outputs]) }
    guard let gates = hiddenGates, let y = results[.y] else { return nil }
    guard form.cell == .gruResetBefore else {
      return total(afterFirst(gates), beforeLast(y), first: gradients[.firstGates])
    }
    // The state meets r and z; what is reset, of all steps, meets n.
    let both = 0..<2 * form.hidden
    let states = total(
      afterFirst(gates).narrowed(to: both, axis: 1), beforeLast(y),
      first: gradients[.firstGates]?.narrowed(to: both, axis: 1))
    let n = rows(gates).narrowed(to: 2 * form.hidden..<form.wide, axis: 1)
    guard let states, let reset = results[.extra] else { return nil }
    return .concatenated([states, n.matMul(rows(reset), transposeA: true)], axis: 0)
  }

  /// The sum over all steps of n's part.
  var hiddenBias: Value? {
    if let all = gradients[.weights] {
      return all.slice(at: form.wide * (form.outputs + form.inputs + 1), shape: [form.hidden])
    }
    return hiddenGates.map { gates in
      rows(gates).sum(axes: [0]).narrowed(to: 2 * form.hidden..<form.wide, axis: 0)
    }
  }

  /// Σ (∂loss/∂h of a step)ᵀ · what was projected.
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

  /// All steps' rows one below another.
  private func rows(_ value: Value) -> Value {
    value.reshaped(to: [value.shape[0] * value.shape[1], value.shape[2]])
  }

  /// The rows of all steps but the one that is taken first; a view.
  private func afterFirst(_ value: Value) -> Value { part(value, skipsStart: !form.isReversed) }

  /// The rows of all steps but the one that is taken last; a view.
  private func beforeLast(_ value: Value) -> Value { part(value, skipsStart: form.isReversed) }

  private func part(_ value: Value, skipsStart: Bool) -> Value {
    let (steps, rows, width) = (value.shape[0], value.shape[1], value.shape[2])
    return value.reshaped(to: [value.shape.elementCount])
      .slice(at: skipsStart ? rows * width : 0, shape: [(steps - 1) * rows, width])
  }
}
