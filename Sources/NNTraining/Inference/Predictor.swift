public import NNCore
import NNData
import NNGraph
package import NNLayers
import NNLosses

/// A trained network for inference from any number of tasks at once.
///
/// ```swift
/// let predictor = try Predictor(TrainedModel(folder: RunFolder("runs/fashion-cnn-1")))
/// let scores = try predictor.predict(images)
/// ```
public final class Predictor: Sendable {
  /// The trained model.
  public let model: TrainedModel
  private let pool: FunctionPool
  private let hasInfiniteWeights: Bool

  /// Prepares a model for inference.
  ///
  /// - Throws: `NNError` if the weights do not match the network.
  public init(_ model: TrainedModel) throws(NNError) {
    self.model = model
    hasInfiniteWeights = model.weights.contains { !$0.tensor.isFinite }
    pool = FunctionPool(variables: try model.variables())
  }

  /// The network's raw outputs.
  ///
  /// - Parameters:
  ///   - rows: [N, …] raw inputs, as in the training data's files; bytes are image data and are
  ///     scaled to 0…1. The run's normalisation is applied.
  ///   - lengths: The number of valid steps of each sequence, for a network that was trained on
  ///     sequences of several lengths; nil if all steps are valid.
  /// - Returns: [N, …] in the run's type, in the unit of the training data's targets.
  /// - Throws: `NNError` if inputs have another shape or contain NaN or infinity, or for a network
  ///   that writes texts (use `TextGenerator` or `Translator`).
  public func predict(_ rows: HostTensor, lengths: [Int]? = nil) throws(NNError) -> HostTensor {
    guard lengths.map({ $0.count == rows.shape[0] }) ?? true else {
      throw .invalid("\(rows.shape[0]) rows and \(lengths?.count ?? 0) lengths")
    }
    var inputs = Ports(named: [(model.signature.example.names[0], rows)])
    inputs.lengths = lengths.map { HostTensor($0.map { Int32(clamping: $0) }) }
    return try predict(inputs)
  }

  /// The main output of a network with several inputs.
  ///
  /// - Parameter inputs: Every input of the network by its name, each [N, …], otherwise as above.
  /// - Throws: `NNError` as above, and for an input that is missing or that the network does not
  ///   have.
  public func predict(_ inputs: Ports<HostTensor>) throws(NNError) -> HostTensor {
    try outputs(of: inputs).values
  }

  /// All outputs of the network by name, the main one first; otherwise as above.
  ///
  /// Quantiles are in ascending order.
  public func outputs(of inputs: Ports<HostTensor>) throws(NNError) -> Ports<HostTensor> {
    try findingCrossings(of: inputs).outputs
  }

  /// The same, with the numbers of the main output's targets whose quantiles did not ascend before they
  /// were sorted.
  package func findingCrossings(
    of inputs: Ports<HostTensor>
  ) throws(NNError) -> (outputs: Ports<HostTensor>, crossed: [Int]) {
    let signature = model.signature
    guard model.encoding.tokenizers?.outputsAreTexts != true else {
      throw .invalid(
        "the network reads tokens of texts, not rows of numbers",
        hint: signature.example.decoderValues == nil
          ? "continue a text: nntrain generate" : "translate lines: nntrain translate")
    }
    let rows = inputs.values
    try signature.require(inputs)
    guard signature.vocabulary == nil || rows.dtype == .int32 else {
      throw .invalid("rows should be tokens, int32, got \(rows.dtype)")
    }
    guard rows.shape[0] > 0 else { throw .invalid("there are no rows to predict") }
    let dtype = model.layout.dtype
    var source = inputs
    source.lengths = signature.example.lengths.map { _ in
      inputs.lengths
        ?? HostTensor([Int32](repeating: Int32(clamping: rows.shape[1]), count: rows.shape[0]))
    }
    var dataset = try Dataset(
      name: "rows", source: source, targets: HostTensor(zeros: [rows.shape[0]], dtype: .int32),
      vocabulary: signature.vocabulary)
    try dataset.requireCategories(signature.categoryCounts)
    if source.lengths != nil {
      dataset = dataset.padded(toSteps: signature.example.values.shape[0])
    }
    // A custom plan keeps the order of the inputs, whatever their lengths.
    let loader = try BatchLoader(
      dataset: dataset,
      plan: BatchPlan(
        exampleCount: dataset.count, batchSize: min(Evaluator.batchSize, dataset.count)),
      dtype: dtype, normalization: model.normalization,
      prefetch: dataset.count > Evaluator.batchSize)
    var parts: [String: [HostTensor]] = [:]
    var names: [String] = []
    while let batch = try loader.next() {
      if let (row, value) = batch.firstRowNotFinite {
        throw .invalid(
          "row \(row) (from 0) holds a number that is \(value) in \(dtype), as the network reads it: "
            + "it is too large", hint: "leave the row out, or train with dtype: float64")
      }
      let (function, outputNames) = try pool.take(rows: batch.count) { () throws(NNError) in
        try plan(rows: batch.count)
      }
      try function.write(batch.input)
      try function.run()
      names = outputNames
      for name in names {
        let output = try function.read(name)
        try requireNumbers(output, of: batch)
        parts[name, default: []].append(output)
      }
      pool.putBack(function, rows: batch.count)
    }
    var outputs = Ports(
      named: names.map { (name: $0, part: HostTensor.concatenating(parts[$0] ?? [])) })
    outputs.values = model.targetScale.inverted(
      outputs.values, copies: model.meaning().quantiles?.count ?? 1)
    var crossed: [Int] = []
    for name in names {
      guard let levels = model.meaning(ofOutput: name).quantiles, let part = outputs[name] else {
        continue
      }
      let sorted = levels.sorted(part)
      outputs[name] = sorted.outputs
      if name == names[0] { crossed = sorted.crossed }
    }
    return (outputs, crossed)
  }

  /// Throws for outputs that are not numbers. Infinite weights, such as −∞ in a bias that excludes a
  /// class, cause infinite outputs.
  private func requireNumbers(_ output: HostTensor, of batch: Batch) throws(NNError) {
    guard let (index, value) = output.firstNotFinite, value.isNaN || !hasInfiniteWeights else {
      return
    }
    let width = max(1, output.elementCount / max(1, batch.count))
    let row = batch.indices[batch.indices.startIndex + index / width]
    throw .failed(
      "the network's output for row \(row) (from 0) is \(value.isNaN ? .nan : value)",
      hint: "the inputs are far from those of the training data; leave the row out")
  }

  /// Probabilities: softmax over the classes, or the sigmoid of each binary output. Outputs of a
  /// network that ends in one of these are returned unchanged.
  ///
  /// - Throws: `NNError` as `predict` does, or for a regression.
  public func probabilities(_ rows: HostTensor) throws(NNError) -> HostTensor {
    try probabilities(of: predict(rows))
  }

  /// The same from the result of `predict`, or from another output by its name.
  package func probabilities(
    of output: HostTensor, named name: String? = nil
  ) throws(NNError) -> HostTensor {
    let meaning = model.meaning(ofOutput: name)
    if meaning.isProbabilities { return output }
    let row = model.signature.example.values.shape
    let isPerStep =
      output.shape.rank == 3 && row.rank <= 2 && output.shape[1] == row.dimensions.first
    let graph = Graph()
    let input = graph.input("output", TensorType(output.shape, output.dtype))
    let value: Value
    switch meaning.kind {
    case .classLogits: value = input.softmax(axis: isPerStep ? 2 : 1)
    case .classLogProbabilities: value = input.exp()
    case .binaryLogits: value = input.sigmoid()
    case .binaryProbabilities: return output
    case .numbers:
      guard meaning.activation == .logSoftmax else {
        throw .invalid(
          meaning.reader.map {
            "a model trained with the loss `\($0.loss)` outputs no probabilities"
          }
            ?? "no loss reads the output, so its numbers are no probabilities",
          hint: "leave out --probabilities")
      }
      value = input.exp()
    }
    let function = try Function(graph, outputs: ["probabilities": value])
    try function(["output": output])
    return try function.read("probabilities")
  }

  /// The plan for a number of rows, and the names of the outputs.
  private func plan(rows: Int) throws(NNError) -> (Plan, [String]) {
    let graph = Graph()
    let input = graph.inputs(model.signature.batch(of: rows))
    let built = model.model.build(
      in: graph, input: input, layout: model.layout, mode: .evaluation)
    var fetches: [(name: String, value: Value)] = []
    built.outputs.forEach { fetches.append(($0, $1)) }
    return (try Plan(graph, fetches: fetches), built.outputs.names)
  }
}

extension InputSignature {
  /// Checks raw inputs, whatever the number of their rows.
  ///
  /// - Throws: `NNError` that names the input that is missing, unknown or of another shape.
  package func require(_ inputs: Ports<HostTensor>) throws(NNError) {
    let known = example.names.filter { $0 != PortName.lengths }
    let given = inputs.names.filter { $0 != PortName.lengths }
    if let other = given.first(where: { !known.contains($0) }) {
      throw .invalid(
        "the network has no input `\(other)`",
        hint: "its inputs are \(known.map { "`\($0)`" }.joined(separator: ", "))")
    }
    for name in known {
      guard let rows = inputs[name], let type = example[name] else {
        throw .invalid("the input `\(name)` of the network is missing")
      }
      guard name != example.names[0] else {
        guard fits(rows: rows) else {
          throw .invalid("rows should have shape \(rowsShape), got \(rows.shape)")
        }
        continue
      }
      guard rows.shape.dimensions.dropFirst().elementsEqual(type.shape.dimensions) else {
        throw .invalid(
          "the input `\(name)` should have shape [N\(type.shape.dimensions.map { ", \($0)" }.joined())], "
            + "got \(rows.shape)")
      }
    }
  }

  /// The shape of raw inputs in messages: `[N, 1, 28, 28]`.
  var rowsShape: String {
    "[" + (["N"] + example.values.shape.dimensions.map(String.init)).joined(separator: ", ") + "]"
  }

  /// Whether raw inputs, whatever their number, have the shape that the network reads, or fewer
  /// steps if it was trained on sequences of several lengths.
  func fits(rows: HostTensor) -> Bool {
    guard rows.shape.rank >= 1 else { return false }
    let (own, known) = (rows.shape.dimensions.dropFirst(), example.values.shape.dimensions)
    if own.elementsEqual(known) { return true }
    guard example.lengths != nil, let steps = own.first, let most = known.first else {
      return false
    }
    return (1...max(1, most)).contains(steps) && own.dropFirst().elementsEqual(known.dropFirst())
  }
}

/// Functions that share one set of weights, each used by one task at a time.
///
/// - Important: `@unchecked Sendable` is sound because `lock` guards both dictionaries, a function
///   is in the pool or with one task, never both, and no plan here changes the variables that the
///   functions share.
private final class FunctionPool: @unchecked Sendable {
  private let variables: VariableStore
  private let lock = Lock()
  private var plans: [Int: (plan: Plan, names: [String])] = [:]
  private var idle: [Int: [Function]] = [:]

  init(variables: VariableStore) { self.variables = variables }

  /// Takes a function for a batch of `rows` and the names of its outputs in their order; the first
  /// call for a size makes the plan.
  func take(
    rows: Int, _ makePlan: () throws(NNError) -> (Plan, [String])
  ) throws(NNError) -> (function: Function, names: [String]) {
    lock.lock()
    defer { lock.unlock() }
    let known: (plan: Plan, names: [String])
    if let plan = plans[rows] { known = plan } else { known = try makePlan() }
    plans[rows] = known
    if let function = idle[rows]?.popLast() { return (function, known.names) }
    return (try Function(known.plan, variables: variables), known.names)
  }

  /// Returns a function to the pool.
  func putBack(_ function: Function, rows: Int) {
    lock.lock()
    defer { lock.unlock() }
    idle[rows, default: []].append(function)
  }
}
