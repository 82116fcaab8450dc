package import NNCore
package import NNData
import NNLosses
package import NNTraining

/// The experiment that settings define: a config and the data it trains on, both also as texts.
///
/// The config is read from the YAML that the page shows, and a table from its CSV, so the
/// experiment on screen is reproducible elsewhere with the same numbers.
package struct PlaygroundExperiment: Sendable {
  /// The settings, with all defaults that depend on the data.
  package let settings: PlaygroundSettings
  /// The points.
  package let points: PlaygroundPoints
  /// The config.
  package let yaml: String
  /// The table that the config reads; nil where a generator produces the network's inputs.
  package let table: String?
  /// The experiment as a Swift program.
  package let program: String
  /// The parsed config.
  package let config: Config
  /// The training data.
  package let train: Dataset
  /// The test data.
  package let test: Dataset
  /// The indices of the points for training and for testing.
  package let rows: (train: [Int], test: [Int])

  /// The name of the table that the config reads.
  package static let tableName = "playground.csv"

  /// Creates the experiment.
  ///
  /// - Throws: `NNError` for settings that are inconsistent or incompatible with a table.
  package init(_ chosen: PlaygroundSettings) throws(NNError) {
    let points = try PlaygroundPoints(chosen)
    let settings = try chosen.resolved(for: points)
    let features = settings.features ?? []
    let readsCoordinates =
      features == PlaygroundFeature.coordinates(points.dimensions) && settings.source != .csv
    let generator = readsCoordinates ? try settings.generator : nil
    let text = ExperimentText(settings: settings, points: points, generator: generator)
    yaml = text.yaml
    program = text.program
    table = generator == nil ? Self.table(points, features) : nil
    config = try Config(yaml: yaml, source: "playground.yaml")
    let whole = try Self.data(config, table: table)
    let fraction = settings.testShare
    let parts = try whole.split(fraction: fraction, seed: UInt64(settings.seed))
    (train, test) = (parts.train, parts.validation)
    rows = try Self.rows(of: whole, fraction: fraction, seed: UInt64(settings.seed))
    self.settings = settings
    self.points = points
  }

  /// The network's inputs for points on the stage, unnormalized as in the training data.
  package func inputs(_ stage: [(x: Double, y: Double)]) -> HostTensor {
    let features = settings.features ?? []
    let scale = table == nil ? points.scale : .identity(points.dimensions)
    var values: [Double] = []
    values.reserveCapacity(stage.count * features.count)
    for point in stage {
      for (axis, feature) in features.enumerated() {
        let value = feature.value(point.x, point.y)
        // Without a table features are coordinates.
        values.append(table == nil ? scale.original(value, axis) : value)
      }
    }
    return HostTensor(values, shape: [stage.count, features.count])
  }

  /// The data that the config specifies.
  private static func data(_ config: Config, table: String?) throws(NNError) -> Dataset {
    let source = try config.makeTrainSource()
    let dataset: Dataset
    if let table, case .table(let csv) = source {
      dataset = try csv.load(contents: Array(table.utf8))
    } else {
      dataset = try source.load()
    }
    return try config.makeLoss().target.acceptsLabels ? dataset : dataset.withNumericTargets()
  }

  /// The rows of both parts of a split: the same split applied to the rows' indices.
  private static func rows(
    of dataset: Dataset, fraction: Double, seed: UInt64
  ) throws(NNError) -> (train: [Int], test: [Int]) {
    let numbers = (0..<dataset.count).map(Double.init)
    let parts = try Dataset(
      name: dataset.name, inputs: HostTensor(numbers, shape: [dataset.count, 1]),
      targets: dataset.targets
    ).split(fraction: fraction, seed: seed)
    func rows(_ part: Dataset) -> [Int] { part.inputs.scalars(as: Double.self).map { Int($0) } }
    return (rows(parts.train), rows(parts.validation))
  }

  /// The features of all points and their targets as CSV, whose numbers read back exactly.
  private static func table(
    _ points: PlaygroundPoints, _ features: [PlaygroundFeature]
  ) -> String {
    let dataset = points.dataset
    let targets: [String]
    if dataset.hasLabels {
      let labels = dataset.targets.scalars(as: Int32.self)
      targets = labels.map { label in
        dataset.classNames.map { quoted($0[Int(label)]) } ?? "\(label)"
      }
    } else {
      targets = dataset.targets.converted(to: .float64).scalars(as: Double.self).map { "\($0)" }
    }
    let header = features.map(\.rawValue) + [ExperimentText.target(points)]
    let lines = zip(points.staged, targets).map { point, target in
      (features.map { "\($0.value(point.x, point.y))" } + [target]).joined(separator: ",")
    }
    return ([header.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  /// A text as a field of CSV.
  private static func quoted(_ text: String) -> String {
    "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }
}

extension PlaygroundSettings {
  /// The share of points for testing.
  var testShare: Double { ((1 - trainShare) * 1000).rounded() / 1000 }

  /// The settings with features, loss, noise and maximum batch size resolved for the data.
  ///
  /// - Throws: `NNError` for features or a loss that the data do not have.
  fileprivate func resolved(for points: PlaygroundPoints) throws(NNError) -> PlaygroundSettings {
    var settings = self
    let features = features ?? PlaygroundFeature.coordinates(points.dimensions)
    if let foreign = features.first(where: { $0.dimensions > points.dimensions }) {
      throw .invalid(
        "`features`: \(foreign.title) needs two coordinates, and these points have one",
        hint: "use x, x² and sin x")
    }
    // In the order of the page, so that the same selection is the same network.
    settings.features = PlaygroundFeature.allCases.filter(features.contains)
    let losses = PlaygroundLoss.choices(classes: points.classCount)
    if let loss, !losses.contains(loss) {
      let kind = points.classCount.map { "\($0) classes" } ?? "numbers"
      throw .invalid(
        "`loss`: \(loss.rawValue) is incompatible with data with \(kind)",
        hint: "use \(losses.map(\.rawValue).joined(separator: ", "))")
    }
    settings.loss = loss ?? losses[0]
    settings.noise = noise ?? source.defaultNoise
    // Rounded as in a split; the maximum batch size is the number of points.
    let count = points.dataset.count
    settings.batchSize = max(1, min(batchSize, count - Int((Double(count) * testShare).rounded())))
    settings.classes =
      points.dataset.hasLabels && [.blobs, .spirals].contains(source) ? points.classCount : nil
    return settings
  }

  /// The number of the network's outputs.
  func outputCount(_ points: PlaygroundPoints) -> Int {
    loss == .crossEntropy ? points.classCount ?? 1 : 1
  }
}
