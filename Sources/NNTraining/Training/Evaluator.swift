import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNMetrics

/// A model in evaluation mode with its loss: runs data through it and measures.
///
/// Reads the weights from a store that a trainer may change between calls.
final class Evaluator {
  private let model: Model
  private let layout: ParameterLayout
  private let loss: any Loss
  private let variables: VariableStore
  private let signature: InputSignature
  private let samples: SampleBatches
  private let targetType: TensorType
  private var functions: [BatchTypes: Function] = [:]
  /// The memory shared by batches of all sizes, of which one runs at a time.
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
    samples = SampleBatches(signature, target: target)
    targetType = target
  }

  /// Examples per batch: enough to keep the cores busy, few enough that the activations of a
  /// convolutional layer stay in cache.
  static let batchSize = 64

  /// The loss over a data set, equal to that of all its examples in one batch, and the metrics,
  /// which start empty.
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
      // The longest batch first: its memory serves all others.
      _ = try function(
        BatchTypes(input: signature.batch(of: batchSize), target: targetType.rows(batchSize)))
    }
    var metrics = metrics
    var total = LossTotal()
    while let batch = loader.next() {
      let function = try function(BatchTypes(batch))
      try function.write(batch.input)
      try function.write("target", batch.targets)
      try function.run()
      total.add(try function.readScalar("loss"), divisor: loss.divisor(of: batch))
      guard !metrics.isEmpty else { continue }
      // Metrics are computed in the data's own unit.
      let output = dataset.targetScale.inverted(try function.read("output"))
      let targets = dataset.targetScale.inverted(batch.targets)
      for index in metrics.indices {
        try metrics[index].update(output: output, target: samples(target: targets, of: output))
      }
    }
    return (total.value(isSum: loss.isSum), metrics)
  }

  /// Checks that a data set's inputs are compatible with the model and its targets with the loss.
  ///
  /// - Throws: `NNError` that describes the mismatch.
  func check(_ dataset: Dataset) throws(NNError) {
    let found = dataset.signature(layout.dtype)
    guard found.vocabulary == signature.vocabulary else {
      throw .invalid(
        "inputs are \(found.vocabulary.described), the model takes "
          + signature.vocabulary.described, at: dataset.name)
    }
    // Sequences of tokens may have any length that the layers take.
    if signature.vocabulary != nil,
      found.row.steps.0 > signature.row.steps.0
        || found.row.steps.1 > signature.row.steps.1
    {
      do throws(NNError) { _ = try model.layout(found) } catch {
        throw .invalid(
          "the longest row is incompatible with the network: \(error.message)", at: dataset.name,
          hint: "give its source a `max_length`, as the training data have")
      }
    } else if signature.vocabulary == nil, found.row.values != signature.row.values {
      guard dataset.mayHaveOtherSteps(than: signature.row.map { ($1.shape, $1.dtype) }) else {
        throw .invalid(
          "rows have shape \(dataset.inputShape), the model takes \(signature.row.values.shape)",
          at: dataset.name)
      }
      try requireParameters(for: found, of: dataset)
    }
    try requireTargets(of: loss, fit: dataset, outputs: outputShape())
  }

  /// Checks that the model has the same parameters for series of another number of steps.
  private func requireParameters(
    for found: InputSignature, of dataset: Dataset
  ) throws(NNError) {
    let other = try? model.layout(found)
    guard let other, other.entries.map(\.name) == layout.entries.map(\.name),
      other.entries.map(\.shape) == layout.entries.map(\.shape)
    else {
      throw .invalid(
        "series have up to \(found.row.values.shape[0]) steps, and a layer of the network fixes the "
          + "\(signature.row.values.shape[0]) of the training data", at: dataset.name,
        hint: "use layers that take any number of steps, or cut the series")
    }
  }

  /// The shape of the model's output for two examples, as losses take it.
  func outputShape() throws(NNError) -> Shape {
    if let knownOutputShape { return knownOutputShape }
    let graph = Graph()
    let input = graph.inputs(signature.batch(of: 2))
    let built = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    try graph.validate()
    let shape = samples(output: built.value).shape
    knownOutputShape = shape
    return shape
  }

  private func function(_ types: BatchTypes) throws(NNError) -> Function {
    if let function = functions[types] { return function }
    let graph = Graph()
    let target = graph.input("target", types.target)
    let built = model.build(
      in: graph, input: graph.inputs(types.input), layout: layout, mode: .evaluation)
    try graph.validate()
    let output = samples(output: built.value)
    let loss = loss.mean(output, samples(target: target, of: built.value))
    let function = try Function(
      graph, outputs: ["output": output, "loss": loss], variables: variables, memory: memory)
    functions[types] = function
    return function
  }
}

extension NetworkInput where Part == TensorType {
  /// The maximum number of steps of the input, and of the decoder's input.
  fileprivate var steps: (Int, Int) {
    (values.shape.dimensions.first ?? 0, decoderValues?.shape.dimensions.first ?? 0)
  }
}

extension VocabularySizes? {
  /// The kind of inputs, for messages.
  fileprivate var described: String {
    map { "tokens, \($0.input) different ones" } ?? "numbers"
  }
}

extension TensorType {
  /// The type of a batch of `count` tensors of this type.
  func rows(_ count: Int) -> TensorType { TensorType(Shape([count] + shape.dimensions), dtype) }
}

extension Loss {
  /// The label that is ignored.
  package var ignoredLabel: Int32 {
    target.ignoreIndex.map { Int32(clamping: $0) } ?? Dataset.ignoredLabel
  }

  /// The loss as a scalar, which training requires; any other shape is reported as an error.
  func mean(_ output: Value, _ target: Value) -> Value {
    let value = self(output, target)
    guard !value.isPoisoned, value.shape.elementCount != 1 else { return value }
    return value.graph.report(
      "the loss has shape \(value.shape), training needs one number",
      hint: "use the reduction `mean` or `sum`")
  }
}

/// Checks that a data set's targets are compatible with a loss, and its labels with the model's
/// classes.
///
/// - Parameter outputs: The shape of the model's output: [N, classes, …].
/// - Throws: `NNError` that names the loss and both kinds of targets, or row, label and classes.
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
        hint: "the model has \(outputs[1]) outputs; its last layer needs one for each class")
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
  /// Checks that all targets are in the range of a loss.
  ///
  /// - Throws: `NNError` that names the first row whose target is not, its column if there are
  ///   several, and the value.
  fileprivate func requireTargets(
    in range: ClosedRange<Double>, of loss: any Loss
  ) throws(NNError) {
    let width = max(1, targetShape.elementCount)
    guard let (index, value) = firstTarget(outside: range) else { return }
    let column = width > 1 ? ", column \(index % width)" : ""
    let bounds =
      range.upperBound == .infinity
      ? "numbers ≥ \(Self.text(range.lowerBound))"
      : "numbers from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    throw .invalid(
      "row \(sourceRow(of: index / width))\(column) (from 0) has the target \(Self.text(value)), and the "
        + "loss `\(loss.name)` takes \(bounds)",
      at: name, hint: Self.hint(for: value, loss))
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }

  private static func hint(for value: Double, _ loss: any Loss) -> String? {
    guard loss.output.isBinary else { return nil }
    if value == -1 { return "write the labels −1 and +1 as 0 and 1" }
    if value == 255 { return "write the labels 0 and 255 as 0 and 1" }
    return value > 1 && value.rounded() == value
      ? "for more than two classes use cross_entropy and an output for each"
      : "write the targets as 0 and 1, or as probabilities"
  }
}
