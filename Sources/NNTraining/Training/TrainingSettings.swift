public import NNCore
public import NNData

/// Options of a run beside model, loss, optimizer and data.
public struct TrainingSettings: Sendable {
  /// The type that the run computes in; float32 by default.
  public var dtype: DType
  /// Whether each epoch has an order of its own; true by default.
  public var shuffle: Bool
  /// Whether a last, smaller batch is left out; false by default.
  public var dropLast: Bool
  /// How inputs are scaled; not at all by default.
  public var normalization: NormalizationKind
  /// The largest gradient norm; nil (the default) does not clip.
  public var clipNorm: Double?
  /// The largest size of a gradient's element; nil (the default) does not clip.
  public var clipValue: Double?
  /// Whether a schedule goes on with each step rather than each epoch; false by default.
  public var stepsScheduleEachStep: Bool
  /// Steps between gradient norms; 0 for none. 50 by default.
  public var logEvery: Int
  /// Rows at a time when evaluating; 256 by default.
  public var evaluationBatchSize: Int

  /// Creates the options.
  public init(
    dtype: DType = .float32, shuffle: Bool = true, dropLast: Bool = false,
    normalization: NormalizationKind = .none, clipNorm: Double? = nil, clipValue: Double? = nil,
    stepsScheduleEachStep: Bool = false, logEvery: Int = 50, evaluationBatchSize: Int = 256
  ) {
    self.dtype = dtype
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.normalization = normalization
    self.clipNorm = clipNorm
    self.clipValue = clipValue
    self.stepsScheduleEachStep = stepsScheduleEachStep
    self.logEvery = logEvery
    self.evaluationBatchSize = evaluationBatchSize
  }
}
