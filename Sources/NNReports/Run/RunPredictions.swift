import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNTraining

/// What a network makes of the rows of a data set.
struct RunPredictions {
  /// What the outputs are.
  enum Kind {
    /// Probabilities [N, C] of classes, of which each row has one.
    case classes(probabilities: HostTensor, labels: [Int], names: [String])
    /// The probability [N, 1] of class 1.
    case binary(probabilities: HostTensor, labels: [Int], names: [String])
    /// Numbers [N, K] beside their targets.
    case numbers(targets: HostTensor)
    /// Something else, which has no figures here.
    case other
  }

  /// Which data: `test data`.
  let source: String
  /// Whether they are the test data.
  let isTest: Bool
  /// The rows.
  let dataset: Dataset
  /// How many rows the data have, of which `dataset` may hold the first ones; rows whose label the
  /// loss ignores do not count.
  let rowCount: Int
  /// What the network gives.
  let outputs: HostTensor
  /// What the outputs are.
  let kind: Kind

  /// More rows tell little more and take long.
  private static let largestRowCount = 20_000
  /// Products that one look at the data may take: about a second.
  private static let largestCost = 50_000_000_000

  /// Runs data through a network; nil for networks that read texts.
  ///
  /// - Throws: `NNError` when the data do not fit it.
  init?(_ model: TrainedModel, data: RunData) throws(NNError) {
    guard model.signature.vocabulary == nil else { return nil }
    let (source, all) =
      data.test.map { ("test data", $0) } ?? data.validation.map { ("validation data", $0) }
      ?? ("training data", data.train)
    self.source = source
    isTest = data.test != nil
    let whole = try Self.withoutIgnored(all, model.config)
    guard whole.count > 0 else { return nil }
    rowCount = whole.count
    let limit = try min(
      Self.largestRowCount, max(500, Self.largestCost / max(1, model.multiplyAdds())))
    dataset = whole.count <= limit ? whole : whole.selecting(Array(0..<limit))
    let predictor = try Predictor(model)
    outputs = try predictor.predict(
      dataset.inputs, lengths: dataset.lengths?.scalars(as: Int32.self).map { Int($0) })
    kind = try Self.kind(outputs, dataset, predictor)
  }

  /// The rows that the loss looks at.
  private static func withoutIgnored(
    _ dataset: Dataset, _ config: Config
  ) throws(NNError) -> Dataset {
    guard dataset.hasLabels, dataset.targets.shape == [dataset.count] else { return dataset }
    let ignored = try config.makeLoss().ignoredLabel
    let labels = dataset.targets.scalars(as: Int32.self)
    let kept = labels.indices.filter { labels[$0] != ignored }
    return kept.count == labels.count ? dataset : dataset.selecting(kept)
  }

  private static func kind(
    _ outputs: HostTensor, _ dataset: Dataset, _ predictor: Predictor
  ) throws(NNError) -> Kind {
    let count = dataset.count
    let probabilities = try? predictor.probabilities(of: outputs)
    let model = predictor.model
    let areClasses = model.config.output.isClasses
    if let probabilities, outputs.shape.rank == 2, areClasses || outputs.shape[1] > 1,
      dataset.hasLabels, dataset.targets.shape == [count]
    {
      let labels = dataset.targets.scalars(as: Int32.self).map { Int($0) }
      // A label that stands for no class has no place in any figure.
      guard labels.allSatisfy({ (0..<outputs.shape[1]).contains($0) }) else { return .other }
      return .classes(
        probabilities: probabilities, labels: labels,
        names: model.names(ofClasses: outputs.shape[1]))
    }
    let isAboutClasses =
      model.config.output.isDecisions
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

  /// Places in the units of `dataset` as inputs that the network reads as it reads those.
  func inputs(_ places: [Double], shape: Shape) -> HostTensor {
    // Bytes are read as 0 to 1.
    let unit = dataset.inputs.dtype == .uint8 ? 255.0 : 1
    return HostTensor(doubles: places.map { $0 / unit }, shape: shape, dtype: .float64)
  }

  /// Scores [N, C] of classes, row by row, with each row's class: two of them where the network gives
  /// the probability of one. Nil where the outputs are no probabilities.
  var classScores: (values: [Double], labels: [Int], names: [String])? {
    switch kind {
    case .classes(let probabilities, let labels, let names):
      (probabilities.doubles, labels, names)
    case .binary(let probabilities, let labels, let names):
      (probabilities.doubles.flatMap { [1 - $0, $0] }, labels, names)
    case .numbers, .other: nil
    }
  }

  /// Which rows these are, for captions.
  var described: String {
    dataset.count == rowCount
      ? "\(NumberText.fixed(Double(rowCount), decimals: 0)) rows of the \(source)"
      : "the first \(NumberText.fixed(Double(dataset.count), decimals: 0)) of "
        + "\(NumberText.fixed(Double(rowCount), decimals: 0)) rows of the \(source)"
  }
}
