public import NNCore
public import NNData
public import NNOptimizers

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
  /// The scale of a run that goes on, in place of one that is fitted to the data.
  package var scale: Normalization?
  /// Limits on the gradient, applied in order; none by default.
  public var clipping: [GradientClipping]
  /// The factor λ of the L1 penalty λ · Σ|θ| over all parameters; 0, as by default, for none. Its
  /// gradient λ · sign(θ) is added after clipping, as weight decay is; reported losses and norms leave
  /// it out.
  public var l1Penalty: Double
  /// Steps between gradient norms; 0 for none. 50 by default.
  public var logEvery: Int
  /// Whether steps that are logged report the gradient by places; false by default.
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
