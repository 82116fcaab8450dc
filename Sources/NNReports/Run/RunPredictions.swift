import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNTraining

/// A network's predictions for the examples of a data set.
struct RunPredictions {
  /// What the outputs are.
  enum Kind {
    /// Probabilities [N, C] of classes, one label per example.
    case classes(probabilities: HostTensor, labels: [Int], names: [String])
    /// Probabilities [M, C] of classes, one label per step; only steps that count are here.
    case steps(probabilities: HostTensor, labels: [Int], names: [String])
    /// The probability [N, 1] of class 1.
    case binary(probabilities: HostTensor, labels: [Int], names: [String])
    /// Numbers [N, K] with their targets.
    case numbers(targets: HostTensor)
    /// Something else, for which there are no figures.
    case other
  }

  /// Which data: `test data`.
  let source: String
  /// Whether they are the test data.
  let isTest: Bool
  /// The examples.
  let dataset: Dataset
  /// The number of examples in the data, of which `dataset` may hold the first ones; examples whose
  /// label the loss ignores are not counted.
  let rowCount: Int
  /// The network's outputs, one for each target: of quantiles the median.
  let outputs: HostTensor
  /// All quantiles and their levels; nil where outputs are none.
  let quantiles: (outputs: HostTensor, levels: QuantileLevels)?
  /// What the outputs are.
  let kind: Kind

  /// More examples add little information and take long.
  private static let largestRowCount = 20_000
  /// Of more classes per step, such as the words of a language, figures say nothing.
  private static let largestStepClassCount = 100
  /// Multiply–accumulates that predictions may take: about a second.
  private static let largestCost = 50_000_000_000

  /// More numbers of all examples together take too much memory.
  private static let largestOutputCount = 50_000_000

  /// Computes a network's predictions; nil for networks that write texts.
  ///
  /// - Throws: `NNError` when the data are incompatible with the network.
  init?(_ model: TrainedModel, data: RunData) throws(NNError) {
    guard model.encoding.tokenizers?.outputsAreTexts != true else { return nil }
    let (source, all) =
      data.test.map { ("test data", $0) } ?? data.validation.map { ("validation data", $0) }
      ?? ("training data", data.train)
    self.source = source
    isTest = data.test != nil
    let ignored = try model.recordedConfig().makeLoss().ignoredLabel
    let whole = Self.without(ignored, all)
    guard whole.count > 0 else { return nil }
    rowCount = whole.count
    let steps = whole.targetsAreSteps ? whole.targetShape[0] * max(1, whole.classCount ?? 1) : 1
    let limit = try min(
      Self.largestRowCount, max(1, Self.largestOutputCount / steps),
      max(500, Self.largestCost / max(1, model.multiplyAdds())))
    dataset = whole.count <= limit ? whole : whole.selecting(Array(0..<limit))
    let predictor = try Predictor(model)
    let read = try predictor.predict(dataset)
    let levels = model.meaning().quantiles
    quantiles = levels.map { (read, $0) }
    outputs = levels?.points(of: read) ?? read
    kind = try Self.kind(outputs, dataset, ignored, predictor)
  }

  /// The examples that the loss does not ignore.
  private static func without(_ ignored: Int32, _ dataset: Dataset) -> Dataset {
    guard dataset.hasLabels, dataset.targets.shape == [dataset.count] else { return dataset }
    let labels = dataset.targets.scalars(as: Int32.self)
    let kept = labels.indices.filter { labels[$0] != ignored }
    return kept.count == labels.count ? dataset : dataset.selecting(kept)
  }

  private static func kind(
    _ outputs: HostTensor, _ dataset: Dataset, _ ignored: Int32, _ predictor: Predictor
  ) throws(NNError) -> Kind {
    guard dataset.hasTargets else { return .other }
    let count = dataset.count
    let probabilities = try? predictor.probabilities(of: outputs)
    let model = predictor.model
    let areClasses = model.meaning().kind.isClasses
    if let probabilities, outputs.shape.rank == 2, areClasses || outputs.shape[1] > 1,
      dataset.hasLabels, dataset.targets.shape == [count]
    {
      let labels = dataset.targets.scalars(as: Int32.self).map { Int($0) }
      // An ignored label stands for no class, so it is left out of all figures.
      guard labels.allSatisfy({ (0..<outputs.shape[1]).contains($0) }) else { return .other }
      return .classes(
        probabilities: probabilities, labels: labels,
        names: model.names(ofClasses: outputs.shape[1]))
    }
    if let probabilities, areClasses, outputs.shape.rank == 3, dataset.targetsAreSteps,
      outputs.shape[2] <= largestStepClassCount
    {
      return steps(probabilities, dataset, ignored, model)
    }
    let isAboutClasses =
      model.meaning().kind.isBinary
      || dataset.targets.doubles.allSatisfy { $0 == 0 || $0 == 1 }
    if let probabilities, isAboutClasses, outputs.elementCount == count,
      dataset.targets.elementCount == count
    {
      return .binary(
        probabilities: probabilities.reshaped(to: [count, 1]),
        labels: dataset.targets.doubles.map { $0 >= 0.5 ? 1 : 0 },
        names: model.names(ofClasses: 2))
    }
    guard probabilities == nil || !isAboutClasses, !dataset.hasLabels,
      outputs.elementCount == dataset.targets.elementCount,
      outputs.shape.rank <= 2
    else { return .other }
    return .numbers(
      targets: dataset.targets.converted(to: .float64)
        .reshaped(to: [count, outputs.elementCount / count]))
  }

  /// The steps that count of probabilities [N, T, C]; labels may have fewer steps than the network.
  private static func steps(
    _ probabilities: HostTensor, _ dataset: Dataset, _ ignored: Int32, _ model: TrainedModel
  ) -> Kind {
    let (steps, classCount) = (probabilities.shape[1], probabilities.shape[2])
    let labelSteps = min(steps, dataset.targetShape[0])
    let labels = dataset.targets.scalars(as: Int32.self)
    let numbers = probabilities.doubles
    var kept: [Double] = []
    var keptLabels: [Int] = []
    for row in 0..<dataset.count {
      for step in 0..<labelSteps {
        let label = labels[row * dataset.targetShape[0] + step]
        guard label != ignored, (0..<classCount).contains(Int(label)) else { continue }
        let start = (row * steps + step) * classCount
        kept += numbers[start..<start + classCount]
        keptLabels.append(Int(label))
      }
    }
    guard !keptLabels.isEmpty else { return .other }
    return .steps(
      probabilities: HostTensor(kept, shape: [keptLabels.count, classCount]), labels: keptLabels,
      names: model.names(ofClasses: classCount))
  }

  /// Points in the units of `dataset` as inputs of the network, scaled as it scales those.
  func inputs(_ points: [Double], shape: Shape) -> HostTensor {
    // Bytes are read as 0 to 1.
    let unit = dataset.inputScale == 1 ? 1 : 255.0
    return HostTensor(doubles: points.map { $0 / unit }, shape: shape, dtype: .float64)
  }

  /// Scores [N, C] of classes in row-major order, with the class of each example, or of each step: C is
  /// 2 where the network outputs the probability of class 1. Nil where the outputs are not
  /// probabilities.
  var classScores: (values: [Double], labels: [Int], names: [String])? {
    switch kind {
    case .classes(let probabilities, let labels, let names),
      .steps(let probabilities, let labels, let names):
      (probabilities.doubles, labels, names)
    case .binary(let probabilities, let labels, let names):
      (probabilities.doubles.flatMap { [1 - $0, $0] }, labels, names)
    case .numbers, .other: nil
    }
  }

  /// A description of the examples, for captions.
  var described: String {
    if case .steps(_, let labels, _) = kind {
      return "\(NumberText.integer(labels.count)) steps of \(describedExamples)"
    }
    return describedExamples
  }

  private var describedExamples: String {
    dataset.count == rowCount
      ? "\(NumberText.integer(rowCount)) examples of the \(source)"
      : "the first \(NumberText.integer(dataset.count)) of "
        + "\(NumberText.integer(rowCount)) examples of the \(source)"
  }
}
