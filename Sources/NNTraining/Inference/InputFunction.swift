public import NNCore
import NNGraph
import NNLayers
public import NNLosses

/// A network as a differentiable function of raw inputs: outputs, a score of each example, and the
/// score's gradient with respect to the input.
///
/// ```swift
/// let function = try InputFunction(of: .output(), in: trained)
/// let result = try function(images, choices: [3, 8])
/// // result.scores: outputs 3 and 8 of the two images; result.gradients: [2, 1, 28, 28]
/// ```
///
/// Inputs are raw: numbers as in the data's files, before the run's normalisation, in the run's
/// type; bytes are image data and are scaled to 0…1. The network runs in evaluation mode, in which
/// examples do not influence one another, so the gradient of an example's score is that of all
/// scores' sum. Each shape of a batch is compiled once.
///
/// Not `Sendable`: one task uses it at a time. A function of a trainer's network uses the weights at
/// the time of the call.
public final class InputFunction {
  /// What is differentiated.
  public enum Score: Sendable {
    /// One number of an output [N, K] for each example, chosen at the call: the score of a class as
    /// the network outputs it, or a column of a regression.
    ///
    /// - Parameter name: The output; nil (default) for the main one.
    case output(name: String? = nil)
    /// The loss of each example as if it were alone in its batch: the weighted sum of losses.
    case loss([LossTerm])
  }

  /// The values of a call, all in the run's type.
  public struct Result: Sendable {
    /// The network's outputs by name, [N, …]; those of a regression are in the unit in which the
    /// network was trained (`TrainedModel.targetScale`).
    public let outputs: Ports<HostTensor>
    /// The score of each example, [N].
    public let scores: HostTensor
    /// The gradient of each example's score with respect to its raw input, of the input's shape.
    public let gradients: HostTensor
  }

  private let source: NetworkSource
  private let score: Score
  private let memory = SessionMemory()
  private var compiled: [(types: BatchTypes, function: Function, outputs: [String])] = []

  /// Prepares a trained network.
  ///
  /// - Parameters:
  ///   - score: What is differentiated.
  ///   - model: The network.
  /// - Throws: `NNError` if the weights do not match the network, or for a network that reads
  ///   tokens.
  public convenience init(of score: Score, in model: TrainedModel) throws(NNError) {
    try self.init(of: score, in: NetworkSource(model))
  }

  /// Prepares a network that is being trained.
  ///
  /// - Throws: `NNError` for a network that reads tokens.
  public convenience init(of score: Score, in trainer: Trainer) throws(NNError) {
    try self.init(of: score, in: NetworkSource(trainer))
  }

  /// Prepares any network.
  package init(of score: Score, in source: NetworkSource) throws(NNError) {
    guard !source.readsTokens else {
      throw .invalid(
        "the network reads tokens, which have no gradient",
        hint: "use a network of numbers, or differentiate with respect to the embedded tokens")
    }
    self.source = source
    self.score = score
  }

  /// The chosen output of each example and its gradient.
  ///
  /// - Parameters:
  ///   - rows: [N, …] raw inputs, of any element type.
  ///   - choices: The index of the chosen number of the output for each example.
  /// - Throws: `NNError` if inputs have another shape, for a choice that is not an index of the
  ///   output, and for an output that is not [N, K].
  public func callAsFunction(_ rows: HostTensor, choices: [Int]) throws(NNError) -> Result {
    try self(Ports(named: [(source.signature.example.names[0], rows)]), choices: choices)
  }

  /// The same for a network with several inputs, or with lengths.
  public func callAsFunction(
    _ inputs: Ports<HostTensor>, choices: [Int]
  ) throws(NNError) -> Result {
    guard case .output = score else {
      throw .invalid("the function is that of a loss", hint: "pass targets instead of choices")
    }
    let choice = HostTensor(choices.map { Int32(clamping: $0) }, shape: [choices.count])
    return try run(inputs, targets: Ports(choice)) { outputs throws(NNError) in
      let width = outputs.shape[1]
      guard let wrong = choices.first(where: { !(0..<width).contains($0) }) else { return }
      throw .invalid(
        "there is no output \(wrong)", hint: "the network has the outputs 0 to \(width - 1)")
    }
  }

  /// The loss of each example and its gradient.
  ///
  /// - Parameters:
  ///   - inputs: [N, …] raw inputs, of any element type.
  ///   - targets: The targets as batches hold them: labels int32 [N, …], or numbers [N, K] in the
  ///     run's type and the unit in which the network was trained.
  /// - Throws: `NNError` if inputs or targets have another shape, and for a loss that is one number
  ///   for all examples.
  public func callAsFunction(
    _ inputs: Ports<HostTensor>, targets: Ports<HostTensor>
  ) throws(NNError) -> Result {
    guard case .loss = score else {
      throw .invalid("the function is that of an output", hint: "pass choices instead of targets")
    }
    return try run(inputs, targets: targets) { _ in }
  }

  private func run(
    _ inputs: Ports<HostTensor>, targets: Ports<HostTensor>,
    checkOutputs: (TensorType) throws(NNError) -> Void
  ) throws(NNError) -> Result {
    try source.signature.require(inputs)
    let inputs = source.rawInputs(inputs)
    let types = BatchTypes(input: inputs.types, targets: targets.types)
    let (function, names) = try function(types)
    if case .output(let name) = score, let type = function.outputs["output/\(name ?? names[0])"] {
      try checkOutputs(type)
    }
    try function.write(inputs)
    try function.write(targets: targets)
    try function.run()
    var outputs: [(name: String, part: HostTensor)] = []
    for name in names { outputs.append((name, try function.read("output/\(name)"))) }
    return Result(
      outputs: Ports(named: outputs), scores: try function.read("scores"),
      gradients: try function.read("gradients"))
  }

  private func function(_ types: BatchTypes) throws(NNError) -> (Function, [String]) {
    if let known = compiled.first(where: { $0.types == types }) {
      return (known.function, known.outputs)
    }
    let graph = Graph()
    let batch = BatchValues(graph, types)
    let built = RawNetwork(source, raw: batch.input)
    let scores = scores(batch, built.network.outputs, types)
    try graph.validate()
    let gradient = graph.gradients(of: scores.sum(), withRespectTo: [batch.input.values])[0]
    try graph.validate()
    var outputs = [(name: "scores", value: scores), (name: "gradients", value: gradient)]
    built.network.outputs.forEach { outputs.append(("output/\($0)", $1)) }
    let function = try Function(
      graph, outputs: outputs, variables: source.variables, memory: memory)
    let names = built.network.outputs.names
    compiled.append((types, function, names))
    return (function, names)
  }

  /// The score of each example, [N].
  private func scores(
    _ batch: BatchValues, _ outputs: Ports<Value>, _ types: BatchTypes
  ) -> Value {
    switch score {
    case .loss(let terms):
      return Objective(terms).ofExamples(
        .init(batch: batch, outputs: outputs, samples: SampleBatches(source.signature, types)))
    case .output(let name):
      let graph = outputs.values.graph
      guard let output = name.map({ outputs[$0] }) ?? outputs.values else {
        return graph.report(
          "the network has no output `\(name ?? "")`",
          hint: "its outputs are \(outputs.names.map { "`\($0)`" }.joined(separator: ", "))")
      }
      guard output.isPoisoned || output.shape.rank == 2 else {
        return graph.report(
          "one number of an output [N, K] is differentiated; the network's has the shape "
            + "\(output.shape)")
      }
      return output.gather(batch.targets.values, along: 1)
    }
  }
}

extension NetworkSource {
  /// A trained network.
  ///
  /// - Throws: `NNError` if the weights do not match the network.
  package init(_ model: TrainedModel) throws(NNError) {
    self.init(
      model: model.model, layout: model.layout, signature: model.signature,
      normalization: model.normalization, variables: try model.variables())
  }

  /// Raw inputs in the types in which the network reads them: bytes are scaled to 0…1, and all steps
  /// of sequences are valid unless their lengths are given.
  package func rawInputs(_ inputs: Ports<HostTensor>) -> Ports<HostTensor> {
    var converted = inputs.map { name, tensor in
      guard let dtype = signature.example[name]?.dtype, dtype != tensor.dtype else { return tensor }
      guard tensor.dtype == .uint8, dtype.isFloatingPoint else {
        return tensor.converted(to: dtype)
      }
      return HostTensor(
        doubles: tensor.doubles.map { $0 * (1.0 / 255) }, shape: tensor.shape, dtype: dtype)
    }
    if signature.example.lengths != nil, inputs.lengths == nil, inputs.values.shape.rank > 1 {
      converted.lengths = HostTensor(
        [Int32](
          repeating: Int32(clamping: inputs.values.shape[1]), count: inputs.values.shape[0]))
    }
    return converted
  }
}
