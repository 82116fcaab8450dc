import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNMetrics

/// A model in evaluation mode with its loss: runs data through it and measures.
///
/// Reads the weights from a store that a trainer may go on changing between calls.
final class Evaluator {
  private let model: Model
  private let layout: ParameterLayout
  private let loss: any Loss
  private let variables: VariableStore
  private let signature: InputSignature
  private let steps: StepExamples
  private let targetType: TensorType
  private var sessions: [BatchTypes: Session] = [:]
  /// Batches of all sizes, of which one runs at a time.
  private let memory = SessionMemory()
  private var knownOutputShape: Shape?

  init(
    model: Model, layout: ParameterLayout, loss: any Loss, variables: VariableStore,
    signature: InputSignature, target: TensorType
  ) {
    self.model = model
    self.layout = layout
    self.loss = loss
    self.variables = variables
    self.signature = signature
    steps = StepExamples(signature, target: target)
    targetType = target
  }

  /// Rows at a time: enough to keep the cores busy, few enough for what a layer of a convolutional
  /// network leaves to stay in cache.
  static let batchSize = 64

  /// The loss over a data set, as the loss gives it for all rows at once, and the metrics, which start
  /// fresh.
  func evaluate(
    _ dataset: Dataset, normalization: Normalization, metrics: [any Metric]
  ) throws(NNError) -> (loss: Double, metrics: [any Metric]) {
    try check(dataset)
    let batchSize = min(Self.batchSize, dataset.count)
    let loader = try BatchLoader(
      dataset: dataset, batchSize: batchSize, dtype: layout.dtype, normalization: normalization,
      prefetch: dataset.count > batchSize
        && BatchLoader.benefitsFromPrefetch(dataset, batchSize: batchSize))
    if signature.vocabulary != nil, signature.row.lengths != nil {
      // The longest first: its memory serves all others.
      _ = try session(
        BatchTypes(input: signature.batch(of: batchSize), target: targetType.rows(batchSize)))
    }
    var metrics = metrics
    var total = LossTotal()
    while let batch = loader.next() {
      let session = try session(BatchTypes(batch))
      session.write(batch.input)
      session.write("target", batch.targets)
      session.run()
      total.add(session.readScalar("loss"), divisor: loss.divisor(of: batch))
      guard !metrics.isEmpty else { continue }
      // Metrics are measured in the unit of the data.
      let output = dataset.targetScale.undone(session.read("output"))
      let targets = dataset.targetScale.undone(batch.targets)
      for index in metrics.indices {
        try metrics[index].update(output: output, target: steps(target: targets, of: output))
      }
    }
    return (total.value(isSum: loss.isSum), metrics)
  }

  /// Whether a data set's rows are what the model takes and its targets what the loss takes.
  ///
  /// - Throws: `NNError` saying what does not fit.
  func check(_ dataset: Dataset) throws(NNError) {
    let found = dataset.signature(layout.dtype)
    guard found.vocabulary == signature.vocabulary else {
      throw .invalid(
        "rows are \(found.vocabulary.described), the model takes "
          + signature.vocabulary.described, at: dataset.name)
    }
    // Sequences of tokens may have any length that the layers take.
    if signature.vocabulary != nil,
      found.row.steps.0 > signature.row.steps.0
        || found.row.steps.1 > signature.row.steps.1
    {
      do throws(NNError) { _ = try model.layout(found) } catch {
        throw .invalid(
          "the longest row does not fit the network: \(error.message)", at: dataset.name,
          hint: "give its source a `max_length`, as the training data have")
      }
    } else if signature.vocabulary == nil, found.row.rows != signature.row.rows {
      guard dataset.mayHaveOtherSteps(than: signature.row.map { ($1.shape, $1.dtype) }) else {
        throw .invalid(
          "rows have shape \(dataset.inputShape), the model takes \(signature.row.rows.shape)",
          at: dataset.name)
      }
      try requireParameters(for: found, of: dataset)
    }
    try requireTargets(of: loss, fit: dataset, outputs: outputShape())
  }

  /// Whether the model has the same parameters for series of so many steps.
  private func requireParameters(
    for found: InputSignature, of dataset: Dataset
  ) throws(NNError) {
    let other = try? model.layout(found)
    guard let other, other.entries.map(\.name) == layout.entries.map(\.name),
      other.entries.map(\.shape) == layout.entries.map(\.shape)
    else {
      throw .invalid(
        "series have up to \(found.row.rows.shape[0]) steps, and a layer of the network fixes the "
          + "\(signature.row.rows.shape[0]) of the training data", at: dataset.name,
        hint: "use layers that take any number of steps, or cut the series")
    }
  }

  /// The shape of the model's output for two rows, as losses take it.
  func outputShape() throws(NNError) -> Shape {
    if let knownOutputShape { return knownOutputShape }
    let graph = Graph()
    let input = graph.inputs(signature.batch(of: 2))
    let built = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    try graph.validate()
    let shape = steps(output: built.value).shape
    knownOutputShape = shape
    return shape
  }

  private func session(_ types: BatchTypes) throws(NNError) -> Session {
    if let session = sessions[types] { return session }
    let graph = Graph()
    let target = graph.input("target", types.target)
    let built = model.build(
      in: graph, input: graph.inputs(types.input), layout: layout, mode: .evaluation)
    try graph.validate()
    let output = steps(output: built.value)
    let loss = loss.mean(output, steps(target: target, of: built.value))
    let plan = try Plan(graph, fetches: [("output", output), ("loss", loss)])
    let session = Session(plan, variables: variables, memory: memory)
    sessions[types] = session
    return session
  }
}

extension NetworkInput where Part == TensorType {
  /// The most steps of a row, and of a decoder's.
  fileprivate var steps: (Int, Int) {
    (rows.shape.dimensions.first ?? 0, decoderRows?.shape.dimensions.first ?? 0)
  }
}

extension VocabularySizes? {
  /// What rows are, for messages.
  fileprivate var described: String {
    map { "tokens, \($0.input) different ones" } ?? "numbers"
  }
}

extension TensorType {
  /// So many of these under one first axis.
  func rows(_ count: Int) -> TensorType { TensorType(Shape([count] + shape.dimensions), dtype) }
}

extension Loss {
  /// The label that has no weight.
  package var ignoredLabel: Int32 {
    target.ignoreIndex.map { Int32(clamping: $0) } ?? Dataset.ignoredLabel
  }

  /// The loss as the one number that training needs; anything else is a diagnostic.
  func mean(_ output: Value, _ target: Value) -> Value {
    let value = self(output, target)
    guard !value.isPoisoned, value.shape.elementCount != 1 else { return value }
    return value.graph.report(
      "the loss gives \(value.shape), training needs one number",
      hint: "use the reduction `mean` or `sum`")
  }
}

/// Whether a data set's targets are what a loss takes, and its labels classes that the model has.
///
/// - Parameter outputs: The shape of the model's output: [N, classes, …].
/// - Throws: `NNError` naming the loss and both kinds of targets, or row, label and classes.
func requireTargets(
  of loss: any Loss, fit data: Dataset, outputs: Shape
) throws(NNError) {
  switch (loss.target, data.hasLabels) {
  case (.numbers, true):
    throw .invalid(
      "the loss `\(loss.name)` takes numbers, but the targets are class labels", at: data.name,
      hint: "use cross_entropy, or take the labels as numbers: withNumericTargets()")
  case (.classLabels, false):
    throw .invalid(
      "the loss `\(loss.name)` takes class labels, but the targets are numbers", at: data.name,
      hint: "use mse, or a source with integer labels")
  case (_, true) where outputs.rank >= 2:
    do throws(NNError) {
      try data.requireLabels(below: outputs[1], except: loss.ignoredLabel)
    } catch {
      throw .invalid(
        error.message, at: error.place,
        hint: "the model gives \(outputs[1]) outputs; its last layer must have one for each class")
    }
  default: break
  }
  if let range = loss.targetRange, !data.hasLabels { try data.requireTargets(in: range, of: loss) }
  if data.hasLabels, loss.divisor(of: data.targets, examples: data.targets.elementCount) == 0 {
    throw .invalid(
      "no label counts for the loss `\(loss.name)`: all are ignored (ignore_index "
        + "\(loss.ignoredLabel)) or of classes of weight 0", at: data.name)
  }
}

extension Dataset {
  /// Verifies that all targets lie where a loss can judge them.
  ///
  /// - Throws: `NNError` naming the first row that does not, its column where there are several, and
  ///   the value.
  fileprivate func requireTargets(
    in range: ClosedRange<Double>, of loss: any Loss
  ) throws(NNError) {
    let width = max(1, targetShape.elementCount)
    guard let (place, value) = firstTarget(outside: range) else { return }
    let column = width > 1 ? ", column \(place % width)" : ""
    let bounds =
      range.upperBound == .infinity
      ? "numbers ≥ \(Self.text(range.lowerBound))"
      : "numbers from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    throw .invalid(
      "row \(sourceRow(of: place / width))\(column) (from 0) has the target \(Self.text(value)), and the "
        + "loss `\(loss.name)` takes \(bounds)",
      at: name, hint: Self.hint(for: value, loss))
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }

  private static func hint(for value: Double, _ loss: any Loss) -> String? {
    guard loss.output.isDecisions else { return nil }
    if value == -1 { return "write the labels −1 and +1 as 0 and 1" }
    if value == 255 { return "write the labels 0 and 255 as 0 and 1" }
    return value > 1 && value.rounded() == value
      ? "for more than two classes use cross_entropy and an output for each"
      : "write the targets as 0 and 1, or as probabilities"
  }
}
