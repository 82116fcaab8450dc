public import NNCore
public import NNData
public import NNLayers
public import NNOptimizers

/// The options of a run except model, loss, optimizer and data.
public struct TrainingSettings: Sendable {
  /// The floating-point type of the run; float32 by default.
  public var dtype: DType
  /// Whether to shuffle the data in each epoch; true by default.
  public var shuffle: Bool
  /// The number of examples that are shuffled together, so that a file is read in blocks; nil
  /// (default) for all. See `BatchPlan`.
  public var shuffleWindow: Int?
  /// The weights with which the examples of an epoch are drawn, with replacement and in place of
  /// shuffling; nil (default): each example once. Token sequences are then not bucketed by length.
  public var drawWeights: [Double]?
  /// Whether to drop a last, smaller batch; false by default.
  public var dropLast: Bool
  /// The normalisation of inputs; none by default.
  public var normalization: NormalizationKind
  /// The normalisation of a continued run, instead of one that is fitted to the data.
  package var scale: Normalization?
  /// The patterns of the parameters that are not trained; none by default.
  ///
  /// Nothing is computed for their gradients, they have no optimizer state, and weight decay and
  /// the L1 penalty leave them alone. As with PyTorch's `requires_grad = False`, running statistics
  /// of their layers still change in training.
  public var frozen: [ParameterPattern]
  /// Groups of parameters with optimizers of their own; none by default.
  public var groups: [ParameterGroup]
  /// The number of batches of an update; 1 by default.
  ///
  /// A step then consists of that many batches, or of those that are left at the end of an epoch,
  /// and uses the gradient of the mean loss over all their examples.
  public var accumulate: Int
  /// Gradient clipping by all gradients together, applied in order; none by default.
  public var clipping: [GradientClipping]
  /// The factor λ of the L1 penalty λ · Σ|θ| over all trained parameters; 0, the default, for none. Its
  /// gradient λ · sign(θ) is added after clipping, like weight decay; it is not part of reported
  /// losses and norms.
  public var l1Penalty: Double
  /// How inputs are perturbed, so that the network withstands perturbations; nil, the default, for
  /// clean inputs.
  ///
  /// Batch normalization and dropout are in evaluation mode while a perturbation is sought, and in
  /// training mode in the step that follows.
  public var adversarial: AdversarialTraining?
  /// Random changes of the training examples, in order; none by default.
  ///
  /// Validation data, and metrics of the training data, are of unchanged examples.
  public var augmentation: [any DataAugmentation]
  /// The number of steps between logged gradient norms; 0 for none. 50 by default.
  public var logEvery: Int
  /// Whether logged steps report the gradient's norms by layer and time step; false by default.
  public var logsGradients: Bool

  /// Creates the options.
  public init(
    dtype: DType = .float32, shuffle: Bool = true, dropLast: Bool = false,
    normalization: NormalizationKind = .none, clipping: [GradientClipping] = [],
    l1Penalty: Double = 0, logEvery: Int = 50, logsGradients: Bool = false,
    frozen: [ParameterPattern] = [], groups: [ParameterGroup] = [], accumulate: Int = 1,
    adversarial: AdversarialTraining? = nil, augmentation: [any DataAugmentation] = [],
    drawWeights: [Double]? = nil, shuffleWindow: Int? = nil
  ) {
    self.shuffleWindow = shuffleWindow
    self.augmentation = augmentation
    self.drawWeights = drawWeights
    self.adversarial = adversarial
    self.dtype = dtype
    self.shuffle = shuffle
    self.dropLast = dropLast
    self.normalization = normalization
    self.clipping = clipping
    self.l1Penalty = l1Penalty
    self.logEvery = logEvery
    self.logsGradients = logsGradients
    self.frozen = frozen
    self.groups = groups
    self.accumulate = accumulate
  }
}
