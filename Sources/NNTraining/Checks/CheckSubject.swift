import NNCore
import NNData
import NNLayers
import NNLosses

/// What checks look at: a config with its data, the network of the config and, after a training, the
/// trained one. What several checks need is computed once, when the first one asks.
package final class CheckSubject {
  /// The config, adapted to the data.
  let config: Config
  /// The data of the config's sources.
  let data: RunData
  /// The trained network; nil before a training.
  let model: TrainedModel?
  private let trainer: Trainer
  private let limits: SampleLimits

  /// How much of the data checks read that take more than one pass.
  struct SampleLimits {
    /// The largest number of rows.
    let rows: Int
    /// The largest number of numbers, by which wide rows are fewer; at least 100 rows are read.
    let numbers: Int

    /// For `nntrain check --data`.
    static let data = Self(rows: 20_000, numbers: 20_000_000)
    /// For the start of a training.
    static let start = Self(rows: 2000, numbers: 500_000)
  }

  init(
    _ config: Config, _ data: RunData, _ trainer: Trainer, model: TrainedModel? = nil,
    limits: SampleLimits
  ) {
    self.config = config
    self.data = data
    self.trainer = trainer
    self.model = model
    self.limits = limits
  }

  // MARK: - Data

  /// The training data.
  var train: Dataset { data.train }

  /// Whether inputs are numbers: not tokens.
  var readsNumbers: Bool { train.vocabulary == nil }

  /// Whether the main input is a table [N, F] of columns.
  var hasColumns: Bool { readsNumbers && train.inputShape.rank == 1 }

  /// The training rows that checks read, evenly spaced; all of them if there are few.
  private(set) lazy var sample: [Int] = rows(of: train)

  private var knownColumns: [[Double]]?

  /// The numbers of each column or channel in the rows of ``sample``.
  ///
  /// - Throws: `NNError` if inputs are in a file that cannot be read.
  func columns() throws(NNError) -> [[Double]] {
    if let knownColumns { return knownColumns }
    let columns = try train.channelValues(of: sample)
    knownColumns = columns
    return columns
  }

  /// The class of each training row, where each has one.
  private(set) lazy var classes: [Int32]? =
    readsNumbers || train.encoding.readsTexts ? train.exampleClasses : nil

  /// The number of training rows of each class; empty where rows have no class. Ignored labels are no
  /// class.
  private(set) lazy var classCounts: [Int] = {
    guard let classes else { return [] }
    let ignored = (try? config.makeLoss())?.ignoredLabel ?? Dataset.ignoredLabel
    return (try? train.classCounts(of: classes, ignoring: ignored)) ?? []
  }()

  /// Rows of a data set, evenly spaced, within the limits.
  func rows(of dataset: Dataset) -> [Int] {
    let width = max(1, dataset.inputShape.elementCount)
    let count = min(dataset.count, max(100, min(limits.rows, limits.numbers / width)))
    return (0..<count).map { $0 * dataset.count / count }
  }

  /// ` (of 20000 sampled rows)`, or nothing if all rows were read.
  var sampled: String {
    sample.count == train.count ? "" : " (of \(sample.count) sampled rows)"
  }

  /// The key of the training data's columns.
  var columnsKey: String {
    config.data.train["features"] == nil ? "data.train" : "data.train.features"
  }

  // MARK: - Network

  /// The number of trained parameters.
  var parameterCount: Int { trainer.parameterCount }

  /// The shapes of the network's outputs for two examples, the main one first.
  ///
  /// - Throws: `NNError` for an invalid network.
  func outputShapes() throws(NNError) -> Ports<Shape> {
    try trainer.trainingStep.evaluator.outputShapes()
  }

  /// Whether inputs are normalized, by the config or by the first layer.
  var normalizesInputs: Bool {
    config.data.normalize != .none || config.model.firstLayer?.kind.contains("_norm") == true
  }

  /// The outputs of the network's layers for some raw inputs: of the trained network, else of the
  /// initial one. Nil for networks whose layers cannot be read, such as those that read tokens.
  func layerOutputs(of rows: HostTensor) throws(NNError) -> (
    layers: [LayerProbe.Layer], values: [HostTensor]
  )? {
    guard readsNumbers, train.exampleTypes(config.dtype).count == 1 else { return nil }
    if let model {
      let probe = try LayerProbe(model, rows: rows)
      return (probe.layers, probe.read())
    }
    if !isInitialized {
      try trainer.initialize()
      isInitialized = true
    }
    let probe = try LayerProbe(trainer, rows: rows)
    return (probe.layers, probe.read())
  }

  private var isInitialized = false
}
