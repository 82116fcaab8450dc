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
  private let objective: Objective
  private let variables: VariableStore
  private let signature: InputSignature
  private let samples: SampleBatches
  private let targets: TargetSignature
  private var functions: [(types: BatchTypes, function: Function)] = []
  /// The memory shared by batches of all sizes, of which one runs at a time.
  private let memory = SessionMemory()
  private var knownOutputShapes: Ports<Shape>?

  init(
    model: Model, layout: ParameterLayout, objective: Objective, variables: VariableStore,
    signature: InputSignature, targets: TargetSignature
  ) {
    self.model = model
    self.layout = layout
    self.objective = objective
    self.variables = variables
    self.signature = signature
    samples = SampleBatches(signature, targets: targets)
    self.targets = targets
  }

  /// Examples per batch: enough to keep the cores busy, few enough that the activations of a
  /// convolutional layer stay in cache.
  static let batchSize = 64

  /// The loss over a data set, equal to that of all its examples in one batch, and the metrics,
  /// which start empty.
  func evaluate(
    _ dataset: Dataset, normalization: Normalization, metrics: [any Metric]
  ) throws(NNError) -> (loss: Double, losses: [Double], metrics: [any Metric]) {
    try check(dataset)
    let batchSize = min(Self.batchSize, dataset.count)
    let loader = try BatchLoader(
      dataset: dataset, batchSize: batchSize, dtype: layout.dtype, normalization: normalization,
      prefetch: dataset.count > batchSize
        && BatchLoader.benefitsFromPrefetch(dataset, batchSize: batchSize))
    if signature.vocabulary != nil, signature.example.lengths != nil {
      // The longest batch first: its memory serves all others.
      _ = try function(
        BatchTypes(
          rows: batchSize, signature, targets, areWeighted: dataset.weights != nil))
    }
    var metrics = metrics
    // Metrics of the same tensors read them once.
    let readings = Dictionary(grouping: metrics.indices) { tensors(of: metrics[$0], dataset) }
      .sorted { $0.value[0] < $1.value[0] }
    var total = ObjectiveTotal(count: objective.terms.count)
    while let batch = try loader.next() {
      let function = try function(for: batch)
      try function.write(batch)
      try function.run()
      var losses: [Double] = []
      for index in objective.terms.indices {
        losses.append(try function.readScalar("loss/\(index)"))
      }
      total.add(losses, divisors: objective.divisors(of: batch.examples))
      for (tensors, indices) in readings {
        // Metrics are computed in the data's own unit, which only the main target may not have.
        let isMain = tensors.target == batch.namedTargets.names[0]
        let scale = isMain ? dataset.targetScale : .identity
        let levels = objective.quantiles(
          ofOutput: tensors.output, among: knownOutputShapes?.names ?? [])
        let read = try function.read("output/\(tensors.output)")
        let quantiles = scale.inverted(read, copies: levels?.count ?? 1)
        let output = levels?.points(of: quantiles) ?? quantiles
        let target = samples(
          target: scale.inverted(batch.namedTargets[tensors.target] ?? batch.targets), of: output)
        for index in indices {
          let own = metrics[index].subject == .quantiles ? quantiles : output
          try metrics[index].update(output: own, target: target)
        }
      }
    }
    let (loss, losses) = total.value(of: objective)
    return (loss, losses, metrics)
  }

  /// The output and the target that a metric is measured on.
  private struct MetricTensors: Hashable {
    let output: String
    let target: String
  }

  /// The tensors of a metric; the main ones by default.
  private func tensors(of metric: any Metric, _ dataset: Dataset) -> MetricTensors {
    let named = (metric as? TensorMetric)?.tensors
    return MetricTensors(
      output: named?.output ?? knownOutputShapes?.names[0] ?? PortName.output,
      target: named?.target ?? dataset.namedTargets.names[0])
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
    for name in signature.example.names where found.example[name] == nil && name != PortName.lengths
    {
      throw .invalid(
        "the input `\(name)` of the network is missing", at: dataset.name,
        hint: "the data have \(found.example.names.map { "`\($0)`" }.joined(separator: ", "))")
    }
    for name in found.example.names where name != PortName.lengths {
      guard
        signature.example[name] == nil
          || name != signature.example.names[0] && name != PortName.decoderInput
      else { continue }
      guard let known = signature.example[name], known == found.example[name] else {
        throw .invalid(
          signature.example[name].map {
            "the input `\(name)` has shape \(found.example[name]?.shape ?? []), the model takes \($0.shape)"
          } ?? "the network has no input `\(name)`", at: dataset.name)
      }
    }
    try dataset.requireCategories(signature.categoryCounts)
    // Sequences of tokens may have any length that the layers take.
    if signature.vocabulary != nil,
      found.example.steps.0 > signature.example.steps.0
        || found.example.steps.1 > signature.example.steps.1
    {
      do throws(NNError) { _ = try model.layout(found) } catch {
        throw .invalid(
          "the longest row is incompatible with the network: \(error.message)", at: dataset.name,
          hint: "give its source a `max_length`, as the training data have")
      }
    } else if signature.vocabulary == nil, found.example.values != signature.example.values {
      guard dataset.mayHaveOtherSteps(than: signature.example.map { ($1.shape, $1.dtype) }) else {
        throw .invalid(
          "rows have shape \(dataset.inputShape), the model takes \(signature.example.values.shape)",
          at: dataset.name)
      }
      try requireParameters(for: found, of: dataset)
    }
    try requireTargets(of: objective, fit: dataset, outputs: outputShapes())
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
        "series have up to \(found.example.values.shape[0]) steps, and a layer of the network fixes the "
          + "\(signature.example.values.shape[0]) of the training data", at: dataset.name,
        hint: "use layers that take any number of steps, or cut the series")
    }
  }

  /// The shapes of the model's outputs for two examples, as losses take them.
  func outputShapes() throws(NNError) -> Ports<Shape> {
    if let knownOutputShapes { return knownOutputShapes }
    let graph = Graph()
    let input = graph.inputs(signature.batch(of: 2))
    let built = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    try graph.validate()
    let shapes = built.outputs.map { samples(output: $1).shape }
    knownOutputShapes = shapes
    return shapes
  }

  private func function(for batch: Batch) throws(NNError) -> Function {
    if let known = functions.first(where: { $0.types.fit(batch) }) { return known.function }
    return try function(BatchTypes(batch))
  }

  private func function(_ types: BatchTypes) throws(NNError) -> Function {
    if let known = functions.first(where: { $0.types == types }) { return known.function }
    let graph = Graph()
    let batch = BatchValues(graph, types)
    let built = model.build(in: graph, input: batch.input, layout: layout, mode: .evaluation)
    try graph.validate()
    let losses = objective(
      .init(batch: batch, outputs: built.outputs, samples: samples, hasTargets: targets.exist)
    ).parts
    var outputs = losses.enumerated().map { (name: "loss/\($0)", value: $1) }
    built.outputs.forEach { outputs.append(("output/\($0)", samples(output: $1))) }
    let function = try Function(graph, outputs: outputs, variables: variables, memory: memory)
    functions.append((types, function))
    return function
  }
}

extension Ports where Part == TensorType {
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

extension Loss {
  /// The label that is ignored.
  package var ignoredLabel: Int32 {
    target.ignoreIndex.map { Int32(clamping: $0) } ?? Dataset.ignoredLabel
  }
}

/// Checks that a data set's targets are compatible with the losses that read them.
///
/// - Parameter outputs: The shapes of the model's outputs.
/// - Throws: As for one loss, and if no example has a weight above 0.
func requireTargets(
  of objective: Objective, fit data: Dataset, outputs: Ports<Shape>
) throws(NNError) {
  if let weights = data.weights, !weights.doubles.contains(where: { $0 > 0 }) {
    throw .invalid(
      "all examples have the weight 0: none counts", at: data.name,
      hint: "give some a weight above 0, or use another split")
  }
  for term in objective.terms {
    // Others read inputs or outputs, whose shapes the graph checks.
    guard data.hasTargets, let name = term.targetName(among: data.namedTargets.names),
      let focused = data.focused(onTarget: name)
    else { continue }
    let output = term.outputName(among: outputs.names).flatMap { outputs[$0] } ?? outputs.values
    do throws(NNError) {
      try requireTargets(of: term.loss, fit: focused, outputs: output)
    } catch {
      guard name != data.namedTargets.names[0] else { throw error }
      throw NNError(
        error.kind, "target `\(name)`: \(error.message)", at: error.place, hint: error.hint)
    }
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
  let labels = data.targets.elementCount
  if data.hasLabels, loss.divisor(of: data.targets, examples: labels, weights: data.weights) == 0 {
    throw .invalid(
      "no label counts for the loss `\(loss.name)`: all are ignored (ignore_index "
        + "\(loss.ignoredLabel)) or of "
        + (data.weights == nil ? "classes" : "classes or examples") + " of weight 0",
      at: data.name)
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
