public import NNCore
public import NNData
public import NNOptimizers

/// The options of a run except model, loss, optimizer and data.
public struct TrainingSettings: Sendable {
  /// The floating-point type of the run; float32 by default.
  public var dtype: DType
  /// Whether to shuffle the data in each epoch; true by default.
  public var shuffle: Bool
  /// Whether to drop a last, smaller batch; false by default.
  public var dropLast: Bool
  /// The normalisation of inputs; none by default.
  public var normalization: NormalizationKind
  /// The normalisation of a continued run, instead of one that is fitted to the data.
  package var scale: Normalization?
  /// Gradient clipping, applied in order; none by default.
  public var clipping: [GradientClipping]
  /// The factor λ of the L1 penalty λ · Σ|θ| over all parameters; 0, the default, for none. Its
  /// gradient λ · sign(θ) is added after clipping, like weight decay; it is not part of reported
  /// losses and norms.
  public var l1Penalty: Double
  /// The number of steps between logged gradient norms; 0 for none. 50 by default.
  public var logEvery: Int
  /// Whether logged steps report the gradient's norms by layer and time step; false by default.
  public var logsGradients: Bool

  /// Creates the options.
  public init(
    dtype: DType = .float32, shuffle: Bool = true, dropLast: Bool = false,
    normalization: NormalizationKind = .none, clipping: [GradientClipping] = [],
    l1Penalty: Double = 0, logEvery: Int = 50, logsGradients: Bool = false
  ) {
    self.dtype = dtype
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.normalization = normalization
    self.clipping = clipping
    self.l1Penalty = l1Penalty
    self.logEvery = logEvery
    self.logsGradients = logsGradients
  }
}
