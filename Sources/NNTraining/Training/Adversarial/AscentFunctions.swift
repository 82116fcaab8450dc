package import NNCore
import NNGraph
import NNLayers
package import NNLosses

/// Gradient ascent on the loss of examples with respect to raw inputs, inside the ball around the
/// clean ones and the data's range.
///
/// One iteration is one call of a compiled function, x → x′:
/// x′ = clip(x₀ + project(x + α · direction(∇L(x)) − x₀)), where the direction is the sign for `linf`
/// and the gradient divided by its norm for `l2`. Functions are compiled once for each shape of a
/// batch. The network runs in evaluation mode, in which examples do not influence one another.
///
/// Not `Sendable`: one task uses it at a time.
package final class AscentFunctions {
  /// What the ascent increases, for each example.
  package enum Goal: Sendable {
    /// The weighted sum of losses of outputs and targets.
    case loss([LossTerm])
    /// The divergence of the predictions from those for the clean inputs, for outputs of a kind.
    case divergence(OutputKind)
  }

  /// The outputs of a network for some inputs.
  package struct Measurement: Sendable {
    /// The network's outputs by name, [N, …].
    package let outputs: Ports<HostTensor>
    /// The main output with every step of a sequence that has labels as a sample: [N·T, C] for
    /// [N, T, C].
    package let samples: HostTensor
    /// The loss of each example; zeros for the goal `divergence`.
    package let losses: [Double]
  }

  private let source: NetworkSource
  private let goal: Goal
  private let norm: PerturbationNorm
  private let memory = SessionMemory()
  private var iterations: [(types: BatchTypes, function: Function)] = []
  private var measurements: [(types: BatchTypes, function: Function, outputs: [String])] = []

  /// Prepares a network.
  ///
  /// - Throws: `NNError` for a network that reads tokens.
  package init(
    _ source: NetworkSource, goal: Goal, norm: PerturbationNorm
  ) throws(NNError) {
    guard !source.readsTokens else {
      throw .invalid(
        "the network reads tokens, which cannot be changed a little",
        hint: "attacks need inputs that are numbers: images, tables or series")
    }
    self.source = source
    self.goal = goal
    self.norm = norm
  }

  /// The network's outputs and losses for inputs in place of the clean ones.
  package func measure(
    _ inputs: HostTensor, of batch: AttackBatch
  ) throws(NNError) -> Measurement {
    let (function, names) = try measurement(types(of: batch))
    try write(inputs, of: batch, to: function)
    try function.run()
    var outputs: [(name: String, part: HostTensor)] = []
    for name in names { outputs.append((name, try function.read("output/\(name)"))) }
    return Measurement(
      outputs: Ports(named: outputs), samples: try function.read("samples"),
      losses: try function.read("losses").doubles)
  }

  /// Runs iterations.
  ///
  /// - Parameters:
  ///   - start: The inputs to start from.
  ///   - batch: The clean inputs, the targets and the range.
  ///   - radius: ε.
  ///   - stepSize: α; negative to decrease the loss, for targeted attacks.
  ///   - count: The number of iterations.
  /// - Returns: The inputs after them.
  package func ascend(
    from start: HostTensor, of batch: AttackBatch, radius: Double, stepSize: Double, count: Int
  ) throws(NNError) -> HostTensor {
    guard count > 0 else { return start }
    var reference: HostTensor?
    if case .divergence = goal {
      reference = try measure(batch.clean, of: batch).outputs.values
    }
    let function = try iteration(types(of: batch))
    try write(start, of: batch, to: function)
    try function.write(Self.clean, batch.clean)
    try function.write(Self.low, batch.low)
    try function.write(Self.high, batch.high)
    try function.write(Self.radius, numbers: [radius])
    try function.write(Self.stepSize, numbers: [stepSize])
    if let reference { try function.write(Self.reference, reference) }
    let name = batch.inputs.names[0]
    for step in 1...count {
      try function.run()
      if step < count { try function.write(name, function.read(Self.next)) }
    }
    return try function.read(Self.next)
  }

  private static let clean = "attack.clean"
  private static let low = "attack.low"
  private static let high = "attack.high"
  private static let radius = "attack.radius"
  private static let stepSize = "attack.step_size"
  private static let reference = "attack.reference"
  private static let next = "next"

  private func types(of batch: AttackBatch) -> BatchTypes {
    BatchTypes(input: batch.inputs.types, targets: batch.targets.types)
  }

  private func write(
    _ inputs: HostTensor, of batch: AttackBatch, to function: Function
  ) throws(NNError) {
    var given = batch.inputs
    given.values = inputs
    try function.write(given)
    try function.write(targets: batch.targets)
  }

  private func measurement(_ types: BatchTypes) throws(NNError) -> (Function, [String]) {
    if let known = measurements.first(where: { $0.types == types }) {
      return (known.function, known.outputs)
    }
    let graph = Graph()
    let batch = BatchValues(graph, types)
    let outputs = RawNetwork(source, raw: batch.input).network.outputs
    let zeros = graph.constant(
      HostTensor(zeros: [types.input.values.shape[0]], dtype: source.layout.dtype))
    let samples = SampleBatches(source.signature, types)(output: outputs.values)
    var fetches = [(name: "losses", value: zeros), (name: "samples", value: samples)]
    if case .loss(let terms) = goal { fetches[0].value = losses(terms, batch, outputs, types) }
    outputs.forEach { fetches.append(("output/\($0)", $1)) }
    try graph.validate()
    let function = try Function(
      graph, outputs: fetches, variables: source.variables, memory: memory)
    measurements.append((types, function, outputs.names))
    return (function, outputs.names)
  }

  private func iteration(_ types: BatchTypes) throws(NNError) -> Function {
    if let known = iterations.first(where: { $0.types == types }) { return known.function }
    let graph = Graph()
    let batch = BatchValues(graph, types)
    let outputs = RawNetwork(source, raw: batch.input).network.outputs
    let losses: Value
    switch goal {
    case .loss(let terms): losses = self.losses(terms, batch, outputs, types)
    case .divergence(let kind):
      let samples = SampleBatches(source.signature, types)
      let reference = graph.input(Self.reference, outputs.values.type)
      losses = Divergence.value(
        of: samples(output: outputs.values), from: samples(output: reference), kind: kind)
    }
    try graph.validate()
    let inputs = batch.input.values
    let gradient = graph.gradients(of: losses.sum(), withRespectTo: [inputs])[0]
    let (clean, low, high) = (
      graph.input(Self.clean, inputs.type), graph.input(Self.low, inputs.type),
      graph.input(Self.high, inputs.type)
    )
    let scalar = TensorType([], inputs.dtype)
    let moved =
      inputs + graph.input(Self.stepSize, scalar) * gradient.ascentDirection(norm)
    let change = (moved - clean).projected(
      onto: norm, radius: graph.input(Self.radius, scalar))
    let next = (clean + change).maximum(low).minimum(high)
    try graph.validate()
    let function = try Function(
      graph, outputs: [(name: Self.next, value: next)], variables: source.variables,
      memory: memory)
    iterations.append((types, function))
    return function
  }

  private func losses(
    _ terms: [LossTerm], _ batch: BatchValues, _ outputs: Ports<Value>, _ types: BatchTypes
  ) -> Value {
    Objective(terms).ofExamples(
      .init(batch: batch, outputs: outputs, samples: SampleBatches(source.signature, types)))
  }
}

extension Value {
  /// The step of length 1 that increases a function most, given its gradient [N, …] for each
  /// example: the sign for `linf`, the gradient divided by its norm for `l2`; 0 where it is 0.
  fileprivate func ascentDirection(_ norm: PerturbationNorm) -> Value {
    guard norm == .l2 else { return sign() }
    // Divided by the largest element first, since squares of small gradients underflow.
    let rows = flattenedExamples()
    let scaled = rows / rows.abs().max(axes: [1], keepDimensions: true).replacingZeros()
    return (scaled / scaled.lengths().replacingZeros()).reshaped(to: shape)
  }

  /// Each example's perturbation [N, …], projected onto the ball.
  fileprivate func projected(onto norm: PerturbationNorm, radius: Value) -> Value {
    guard norm == .l2 else { return maximum(-radius).minimum(radius) }
    let rows = flattenedExamples()
    let share = (radius / rows.lengths().replacingZeros()).minimum(1)
    return (rows * share).reshaped(to: shape)
  }

  private func flattenedExamples() -> Value {
    reshaped(to: [shape[0], shape.elementCount / shape[0]])
  }

  /// The Euclidean norm of each row, [N, 1].
  private func lengths() -> Value { square().sum(axes: [1], keepDimensions: true).sqrt() }

  private func replacingZeros() -> Value {
    equals(graph.constant(0, dtype: dtype)).select(1, self)
  }
}
