public import NNCore

/// An event of a running training: one stream, read by progress bars, logs and live views.
public enum TrainingEvent: Sendable {
  /// The run starts, or continues from a checkpoint.
  case started(Start)
  /// A training step has ended.
  case step(Step)
  /// The numbers of a step, right after its event; only for observers that want them.
  case trace(StepTrace)
  /// An epoch has ended, including its validation.
  case epoch(Epoch)
  /// The weights after an epoch, right after its event; only for observers that want them.
  case weights(Weights)
  /// The complete state has been saved to this file.
  case checkpoint(path: String)
  /// A setting or result that is probably unintended; the run continues.
  case warning(String)
  /// The run has ended.
  case finished(Outcome)

  /// The facts known before the first step.
  public struct Start: Sendable {
    /// The total number of epochs.
    public let epochs: Int
    /// The number of training examples.
    public let rows: Int
    /// The number of training steps of an epoch.
    public let stepsPerEpoch: Int
    /// The number of trainable parameters.
    public let parameterCount: Int
    /// The number of steps already done, if the run continues.
    public let stepsDone: Int

    package init(
      epochs: Int, rows: Int, stepsPerEpoch: Int, parameterCount: Int, stepsDone: Int = 0
    ) {
      self.epochs = epochs
      self.rows = rows
      self.stepsPerEpoch = stepsPerEpoch
      self.parameterCount = parameterCount
      self.stepsDone = stepsDone
    }
  }

  /// One training step.
  public struct Step: Sendable {
    /// Counted from 1 over the whole run.
    public let step: Int
    /// Counted from 1.
    public let epoch: Int
    /// Counted from 1 inside the epoch.
    public let stepInEpoch: Int
    /// The batch's loss before its update; NaN if no target of the batch counts.
    public let loss: Double
    /// Each of several losses, whose weighted sum is `loss`; empty for one.
    public let losses: [Double]
    /// The learning rate of the update.
    public let learningRate: Double
    /// The gradient's norm before clipping; nil on steps that are not logged.
    public let gradientNorm: Double?
    /// The gradient's norms by layers and, in recurrent layers, by steps of the sequence; empty
    /// unless they are logged.
    public let gradientNorms: [GradientNorm]
    /// The number of examples in the batch.
    public let rows: Int

    package init(
      step: Int, epoch: Int, stepInEpoch: Int, loss: Double, losses: [Double] = [],
      learningRate: Double, gradientNorm: Double? = nil, gradientNorms: [GradientNorm] = [],
      rows: Int
    ) {
      self.step = step
      self.epoch = epoch
      self.stepInEpoch = stepInEpoch
      self.loss = loss
      self.losses = losses
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.gradientNorms = gradientNorms
      self.rows = rows
    }
  }

  /// One epoch.
  public struct Epoch: Sendable {
    /// Counted from 1.
    public let epoch: Int
    /// The mean loss over the epoch's examples, each measured before the update of its batch.
    public let trainLoss: Double
    /// Each of several losses, whose weighted sum is `trainLoss`; empty for one.
    public let trainLosses: [Double]
    /// The mean loss over the validation data, after the epoch.
    public internal(set) var validationLoss: Double?
    /// Each of several losses over the validation data; empty for one.
    public internal(set) var validationLosses: [Double]
    /// Each metric after the epoch, on the validation data if there are any, otherwise on the
    /// training data.
    public internal(set) var metrics: [(name: String, value: Double)]
    /// The learning rate of the epoch's last step.
    public let learningRate: Double
    /// Seconds of training, without validation.
    public let seconds: Double
    /// Training examples per second.
    public let rowsPerSecond: Double
    /// Whether these are the best weights so far.
    public internal(set) var isBest: Bool

    package init(
      epoch: Int, trainLoss: Double, trainLosses: [Double] = [], validationLoss: Double? = nil,
      validationLosses: [Double] = [],
      metrics: [(name: String, value: Double)] = [], learningRate: Double, seconds: Double,
      rowsPerSecond: Double, isBest: Bool = false
    ) {
      self.epoch = epoch
      self.trainLoss = trainLoss
      self.trainLosses = trainLosses
      self.validationLoss = validationLoss
      self.validationLosses = validationLosses
      self.metrics = metrics
      self.learningRate = learningRate
      self.seconds = seconds
      self.rowsPerSecond = rowsPerSecond
      self.isBest = isBest
    }
  }

  /// Weights and running statistics after an epoch.
  public struct Weights: Sendable {
    /// Counted from 1.
    public let epoch: Int
    /// The number of steps done.
    public let step: Int
    /// Each tensor with its PyTorch name, in the model's order.
    public let tensors: [(name: String, tensor: HostTensor)]
  }

  /// How a run ended.
  public enum Outcome: String, Sendable {
    /// All epochs are done.
    case completed
    /// The monitored figure did not improve for `patience` epochs.
    case stoppedEarly
    /// The limit on the number of steps was reached.
    case reachedStepLimit
    /// The user stopped the run; the state is saved.
    case interrupted
  }
}

/// Receives a run's events on the training thread, between steps.
public protocol TrainingObserver: AnyObject {
  /// Receives one event. An error ends the run.
  func receive(_ event: TrainingEvent) throws(NNError)

  /// Whether to send `.weights`, which are copied after each epoch; false by default.
  var wantsWeights: Bool { get }

  /// Whether to send `.trace` for a step, whose numbers are then copied; false by default.
  ///
  /// - Parameter step: Counted from 1 over the whole run.
  func wantsTrace(ofStep step: Int) -> Bool
}

extension TrainingObserver {
  /// false: weights are not sent.
  public var wantsWeights: Bool { false }

  /// false: the numbers of steps are not sent.
  public func wantsTrace(ofStep step: Int) -> Bool { false }
}
