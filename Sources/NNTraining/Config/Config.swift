public import NNCore
public import NNData

/// The complete description of a run: data, network, loss, optimizer and training settings.
///
/// A config is read from YAML, every default is filled in, and it is written as YAML that reads
/// back to an equal config:
///
/// ```swift
/// let config = try Config(contentsOf: "mnist.yaml", overrides: ["optimizer.adam.lr=0.01"])
/// print(config.resolvedYAML)
/// ```
public struct Config: Sendable, Hashable {
  /// The name of the run, which is the prefix of its folder's name; the file's name without
  /// extension by default.
  public var name: String
  /// The seed of all random numbers; 42 by default.
  public var seed: Int
  /// The type of parameters and computations: float32 (default) or float64.
  public var dtype: DType
  /// The data sources and how they are batched.
  public var data: DataConfig
  /// The layers, in order.
  public var model: [LayerConfig]
  /// The losses, the main one first, whose weighted sum is minimised.
  public var losses: [LossConfig]
  /// The optimizer of the parameters that belong to no group.
  public var optimizer: ComponentConfig
  /// Groups of parameters with options or optimizers of their own; empty by default.
  public var optimizerGroups: [ParameterGroupConfig]
  /// The patterns of the parameters that are not trained; empty by default.
  public var freeze: [String]
  /// The number of batches of an update; 1 by default.
  public var accumulate: Int
  /// The learning-rate schedules, whose factors multiply; empty for a constant rate.
  public var schedule: [ComponentConfig]
  /// The maximum norm of all gradients together; nil (default) does not clip.
  public var clipGradNorm: Double?
  /// The maximum absolute value of each gradient element; nil (default) does not clip.
  public var clipGradValue: Double?
  /// The factor λ of the L1 penalty λ · Σ|θ| over all trained parameters, whose gradient is added to that
  /// of the loss after clipping; 0 by default. Reported losses and norms exclude it.
  public var l1Penalty: Double
  /// How inputs are perturbed in training; nil (default) for clean inputs.
  public var adversarial: ComponentConfig?
  /// The metrics, in the order of their columns; empty by default.
  public var metrics: [ComponentConfig]
  /// The number of passes over the training data; 10 by default.
  public var epochs: Int
  /// Early stopping; nil (default) for none.
  public var earlyStopping: EarlyStoppingConfig?
  /// How often to save checkpoints.
  public var checkpoint: CheckpointConfig
  /// How often to write a row of `steps.csv`.
  public var log: LogConfig
  /// The hyper-parameter search of `nntrain search`; nil (default) for none. A training ignores it.
  public var search: SearchConfig?
  /// The folds of `nntrain cross-validate`; nil (default) for none. A training ignores them unless
  /// one is named.
  public var crossValidate: CrossValidationConfig?
  /// The positions of the layers in the file; empty for a config created by a program.
  var layerPositions = LayerPositions()
  /// The positions of patterns in the file; empty for a config created by a program.
  var patternPositions = PatternPositions()
  /// The positions of augmentations in the file; empty for a config created by a program.
  var augmentationPositions = AugmentationPositions()

  /// Creates a config from its parts, with the defaults of a config file.
  public init(
    name: String, seed: Int = 42, dtype: DType = .float32, data: DataConfig, model: [LayerConfig],
    loss: ComponentConfig, optimizer: ComponentConfig, schedule: [ComponentConfig] = [],
    clipGradNorm: Double? = nil, clipGradValue: Double? = nil, l1Penalty: Double = 0,
    metrics: [ComponentConfig] = [], epochs: Int = 10, earlyStopping: EarlyStoppingConfig? = nil,
    checkpoint: CheckpointConfig = CheckpointConfig(), log: LogConfig = LogConfig(),
    optimizerGroups: [ParameterGroupConfig] = [], freeze: [String] = [], accumulate: Int = 1,
    adversarial: ComponentConfig? = nil, search: SearchConfig? = nil,
    crossValidate: CrossValidationConfig? = nil
  ) {
    self.crossValidate = crossValidate
    self.adversarial = adversarial
    self.search = search
    self.optimizerGroups = optimizerGroups
    self.freeze = freeze
    self.accumulate = accumulate
    self.name = name
    self.seed = seed
    self.dtype = dtype
    self.data = data
    self.model = model
    losses = [LossConfig(loss)]
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

/// The data sources and how they are batched.
public struct DataConfig: Sendable, Hashable {
  /// The training data.
  public var train: ComponentConfig
  /// The validation data; nil (default) for none.
  public var validation: HeldOutConfig?
  /// The test data; nil (default) for none.
  public var test: HeldOutConfig?
  /// The share of the training rows that is used, after `test` and `validation` were held out; nil
  /// (default) for all.
  public var subset: SubsetRule?
  /// Examples per step; 32 by default, or all examples if there are fewer.
  public var batchSize: Int
  /// Whether `batchSize` is reduced to the number of examples, as a default size is.
  public var adaptsBatchSize: Bool {
    get { batchSizeOrigin.isDefault }
    set { batchSizeOrigin.isDefault = newValue }
  }
  private var batchSizeOrigin = BatchSizeOrigin()
  /// Whether examples are shuffled in every epoch; true by default.
  public var shuffle: Bool
  /// The number of examples that are shuffled together, so that a file is read in blocks; nil
  /// (default) for all.
  public var shuffleWindow: Int?
  /// Whether a last, smaller batch is dropped; false by default.
  public var dropLast: Bool
  /// The normalisation of features, fitted to the training data; none by default.
  public var normalize: NormalizationKind
  /// The normalisation of numeric targets, fitted to the training data; none by default.
  public var normalizeTarget: NormalizationKind
  /// The random changes of training examples, in order; empty by default.
  public var augment: [ComponentConfig]
  /// How the examples of an epoch are drawn; nil (default) for each example once.
  public var sampler: ExampleSampler?

  /// Creates the section, with the defaults of a config file.
  public init(
    train: ComponentConfig, validation: HeldOutConfig? = nil, test: HeldOutConfig? = nil,
    subset: SubsetRule? = nil,
    batchSize: Int? = nil, shuffle: Bool = true, dropLast: Bool = false,
    normalize: NormalizationKind = .none, normalizeTarget: NormalizationKind = .none,
    augment: [ComponentConfig] = [], sampler: ExampleSampler? = nil, shuffleWindow: Int? = nil
  ) {
    self.shuffleWindow = shuffleWindow
    self.train = train
    self.validation = validation
    self.test = test
    self.subset = subset
    self.batchSize = batchSize ?? 32
    batchSizeOrigin.isDefault = batchSize == nil
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.normalize = normalize
    self.normalizeTarget = normalizeTarget
    self.augment = augment
    self.sampler = sampler
  }
}

/// The origin of a batch size. Configs are equal whether a size was written or is the default, so
/// that a resolved config, which contains it, reads back to an equal one.
private struct BatchSizeOrigin: Sendable, Hashable {
  var isDefault = false

  static func == (left: Self, right: Self) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
}

/// When to stop before the last epoch.
public struct EarlyStoppingConfig: Sendable, Hashable {
  /// The figure to monitor; `val_loss` by default.
  public var monitor: String
  /// The number of epochs without improvement to wait; 10 by default.
  public var patience: Int
  /// The minimum change that counts as an improvement; 0 by default.
  public var minDelta: Double
  /// Whether to restore the weights of the best epoch at the end; true by default.
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

/// How often to save checkpoints.
public struct CheckpointConfig: Sendable, Hashable {
  /// The number of intervals between checkpoints. Nil by default: with epochs, after each one, but
  /// not within a second of the last checkpoint, since syncing a file takes longer than a short
  /// epoch; with steps, 1. A run always ends with a checkpoint.
  public var every: Int?
  /// The unit of `every`; epochs by default.
  public var interval: Interval
  /// The number of checkpoints to keep; 2 by default.
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
  /// The number of steps between rows; 50 by default.
  public var every: Int
  /// Whether to write the gradient's norm by layer and time step to `gradients.csv` at each of
  /// these steps; false by default.
  public var gradients: Bool
  /// Whether to write event files for TensorBoard; false by default.
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
