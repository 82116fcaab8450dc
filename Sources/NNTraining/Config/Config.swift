public import NNCore
public import NNData

/// Everything that describes a run: data, network, loss, optimizer and how long to train.
///
/// A config is read from YAML, every default filled in, and written as YAML that reads back to an
/// equal config:
///
/// ```swift
/// let config = try Config(contentsOf: "mnist.yaml", overrides: ["optimizer.adam.lr=0.01"])
/// print(config.resolvedYAML)
/// ```
public struct Config: Sendable, Hashable {
  /// The name of the run, which its folder's name begins with; the file's name without extension
  /// unless given.
  public var name: String
  /// What all random numbers depend on; 42 unless given.
  public var seed: Int
  /// The type of parameters and computations: float32 (default) or float64.
  public var dtype: DType
  /// Where the data come from and how they become batches.
  public var data: DataConfig
  /// The layers, in order.
  public var model: [LayerConfig]
  /// The loss.
  public var loss: ComponentConfig
  /// The optimizer.
  public var optimizer: ComponentConfig
  /// The learning rate schedules, whose factors multiply; empty for a constant rate.
  public var schedule: [ComponentConfig]
  /// The greatest allowed norm of all gradients together; nil (default) does not clip.
  public var clipGradNorm: Double?
  /// The greatest allowed magnitude of each gradient element; nil (default) does not clip.
  public var clipGradValue: Double?
  /// The factor λ of the L1 penalty λ · Σ|θ| over all parameters, whose gradient is added to that of
  /// the loss after clipping; 0 unless given. Reported losses and norms leave it out.
  public var l1Penalty: Double
  /// The metrics, in the order of their columns; empty unless given.
  public var metrics: [ComponentConfig]
  /// How often to go through the training data; 10 unless given.
  public var epochs: Int
  /// When to stop before the last epoch; nil (default) never.
  public var earlyStopping: EarlyStoppingConfig?
  /// How often to save the complete state.
  public var checkpoint: CheckpointConfig
  /// How often to write a row of `steps.csv`.
  public var log: LogConfig
  /// Where the layers were written; nothing for a config that a program put together.
  var layerPositions = LayerPositions()

  /// Creates a config from its parts, with the defaults of a config file.
  public init(
    name: String, seed: Int = 42, dtype: DType = .float32, data: DataConfig, model: [LayerConfig],
    loss: ComponentConfig, optimizer: ComponentConfig, schedule: [ComponentConfig] = [],
    clipGradNorm: Double? = nil, clipGradValue: Double? = nil, l1Penalty: Double = 0,
    metrics: [ComponentConfig] = [], epochs: Int = 10, earlyStopping: EarlyStoppingConfig? = nil,
    checkpoint: CheckpointConfig = CheckpointConfig(), log: LogConfig = LogConfig()
  ) {
    self.name = name
    self.seed = seed
    self.dtype = dtype
    self.data = data
    self.model = model
    self.loss = loss
    self.optimizer = optimizer
    self.schedule = schedule
    self.clipGradNorm = clipGradNorm
    self.clipGradValue = clipGradValue
    self.l1Penalty = l1Penalty
    self.metrics = metrics
    self.epochs = epochs
    self.earlyStopping = earlyStopping
    self.checkpoint = checkpoint
    self.log = log
  }
}

/// Where the data come from and how they become batches.
public struct DataConfig: Sendable, Hashable {
  /// The training data.
  public var train: ComponentConfig
  /// What is held out to watch the training; nil (default) for nothing.
  public var validation: ValidationConfig?
  /// The test data; nil (default) for none.
  public var test: ComponentConfig?
  /// Rows per step; 32 unless given, or all rows where there are fewer.
  public var batchSize: Int
  /// Whether `batchSize` shrinks to the number of rows, as a size that was not given does.
  public var adaptsBatchSize: Bool {
    get { batchSizeOrigin.isDefault }
    set { batchSizeOrigin.isDefault = newValue }
  }
  private var batchSizeOrigin = BatchSizeOrigin()
  /// Whether rows are drawn in a new order in every epoch; true unless given.
  public var shuffle: Bool
  /// Whether a last batch with fewer rows is left out; false unless given.
  public var dropLast: Bool
  /// How features are scaled, fitted on the training rows; not at all unless given.
  public var normalize: NormalizationKind
  /// How targets that are numbers are scaled, fitted on the training rows; not at all unless given.
  public var normalizeTarget: NormalizationKind

  /// Creates the section, with the defaults of a config file.
  public init(
    train: ComponentConfig, validation: ValidationConfig? = nil, test: ComponentConfig? = nil,
    batchSize: Int? = nil, shuffle: Bool = true, dropLast: Bool = false,
    normalize: NormalizationKind = .none, normalizeTarget: NormalizationKind = .none
  ) {
    self.train = train
    self.validation = validation
    self.test = test
    self.batchSize = batchSize ?? 32
    batchSizeOrigin.isDefault = batchSize == nil
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.normalize = normalize
    self.normalizeTarget = normalizeTarget
  }
}

/// Where a batch size comes from. Configs are equal whether a size was written or is the default, so
/// that a resolved config, which writes it, reads back to an equal one.
private struct BatchSizeOrigin: Sendable, Hashable {
  var isDefault = false

  static func == (left: Self, right: Self) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
}

/// What is held out to watch the training.
public enum ValidationConfig: Sendable, Hashable {
  /// A part of the training data, as a fraction above 0 and below 1: the last rows or rows at random;
  /// without an order the last ones where rows are windows that overlap, else rows at random.
  case split(Double, order: SplitOrder? = nil)
  /// A source of its own.
  case source(ComponentConfig)
}

/// When to stop before the last epoch.
public struct EarlyStoppingConfig: Sendable, Hashable {
  /// The figure to watch; `val_loss` unless given.
  public var monitor: String
  /// How many epochs without improvement to wait; 10 unless given.
  public var patience: Int
  /// The least change that counts as an improvement; 0 unless given.
  public var minDelta: Double
  /// Whether the weights of the best epoch return at the end; true unless given.
  public var restoreBest: Bool

  /// Creates the section, with the defaults of a config file.
  public init(
    monitor: String = "val_loss", patience: Int = 10, minDelta: Double = 0, restoreBest: Bool = true
  ) {
    self.monitor = monitor
    self.patience = patience
    self.minDelta = minDelta
    self.restoreBest = restoreBest
  }
}

/// What epochs and steps count.
public enum Interval: String, Sendable, Hashable, CaseIterable {
  /// Once through the training data.
  case epoch
  /// One batch.
  case step
}

/// How often to save the complete state.
public struct CheckpointConfig: Sendable, Hashable {
  /// How many intervals lie between two checkpoints. Nil unless given: with epochs, after each one,
  /// but not within a second of the last checkpoint, since a file that reaches the disk safely takes
  /// longer than a short epoch; with steps, 1. A run always ends with a checkpoint.
  public var every: Int?
  /// What is counted; epochs unless given.
  public var interval: Interval
  /// How many checkpoints are kept; 2 unless given.
  public var keep: Int

  /// Creates the section, with the defaults of a config file.
  public init(
    every: Int? = nil, interval: Interval = .epoch, keep: Int = 2
  ) {
    self.every = every ?? (interval == .step ? 1 : nil)
    self.interval = interval
    self.keep = keep
  }
}

/// How often to write a row of `steps.csv`, and what else to write.
public struct LogConfig: Sendable, Hashable {
  /// Steps between two rows; 50 unless given.
  public var every: Int
  /// Whether `gradients.csv` gets the gradient's norm by layers and steps of sequences at each of
  /// them; false unless given.
  public var gradients: Bool
  /// Whether the run folder gets event files for TensorBoard; false unless given.
  public var tensorboard: Bool

  /// Creates the section, with the defaults of a config file.
  public init(
    every: Int = 50, gradients: Bool = false, tensorboard: Bool = false
  ) {
    self.every = every
    self.gradients = gradients
    self.tensorboard = tensorboard
  }
}
