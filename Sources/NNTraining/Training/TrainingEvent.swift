public import NNCore

/// What a run reports while it goes on: one stream, which progress bars, logs and live views read.
public enum TrainingEvent: Sendable {
  /// The run starts, or goes on from a checkpoint.
  case started(Start)
  /// A training step has been done.
  case step(Step)
  /// An epoch has been done, its validation included.
  case epoch(Epoch)
  /// The weights after an epoch, right behind its event; only for observers that want them.
  case weights(Weights)
  /// The complete state has been saved to this file.
  case checkpoint(path: String)
  /// Something that the run goes on after, but that is hardly meant.
  case warning(String)
  /// The run is over.
  case finished(Outcome)

  /// What is known before the first step.
  public struct Start: Sendable {
    /// Epochs that the run is to have, in all.
    public let epochs: Int
    /// Training rows.
    public let rows: Int
    /// Training steps of an epoch.
    public let stepsPerEpoch: Int
    /// Numbers that the run learns.
    public let parameterCount: Int
    /// Steps already done, when the run goes on.
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
    /// The batch's loss before its update; NaN where no target of the batch counts.
    public let loss: Double
    /// The learning rate of the update.
    public let learningRate: Double
    /// The gradient's norm before clipping; nil on steps that are not logged.
    public let gradientNorm: Double?
    /// The gradient's norms by layers and, in recurrent layers, by steps of the sequence; empty
    /// unless they are logged.
    public let gradientPlaces: [GradientNorm]
    /// Rows in the batch.
    public let rows: Int

    package init(
      step: Int, epoch: Int, stepInEpoch: Int, loss: Double, learningRate: Double,
      gradientNorm: Double? = nil, gradientPlaces: [GradientNorm] = [], rows: Int
    ) {
      self.step = step
      self.epoch = epoch
      self.stepInEpoch = stepInEpoch
      self.loss = loss
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.gradientPlaces = gradientPlaces
      self.rows = rows
    }
  }

  /// One epoch.
  public struct Epoch: Sendable {
    /// Counted from 1.
    public let epoch: Int
    /// The mean loss over the epoch's rows, each measured when its batch came.
    public let trainLoss: Double
    /// The mean loss over the validation rows, after the epoch.
    public internal(set) var validationLoss: Double?
    /// Each metric after the epoch, over the validation rows, else over the training rows.
    public internal(set) var metrics: [(name: String, value: Double)]
    /// The learning rate of the epoch's last step.
    public let learningRate: Double
    /// Seconds of training, validation not counted.
    public let seconds: Double
    /// Training rows for each of these seconds.
    public let rowsPerSecond: Double
    /// Whether these are the best weights so far.
    public internal(set) var isBest: Bool

    package init(
      epoch: Int, trainLoss: Double, validationLoss: Double? = nil,
      metrics: [(name: String, value: Double)] = [], learningRate: Double, seconds: Double,
      rowsPerSecond: Double, isBest: Bool = false
    ) {
      self.epoch = epoch
      self.trainLoss = trainLoss
      self.validationLoss = validationLoss
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
    /// Steps done.
    public let step: Int
    /// Each tensor under its PyTorch name, in the model's order.
    public let tensors: [(name: String, tensor: HostTensor)]
  }

  /// How a run ended.
  public enum Outcome: String, Sendable {
    /// All epochs are done.
    case completed
    /// The monitored figure did not improve for `patience` epochs.
    case stoppedEarly
    /// The limit on steps was reached.
    case reachedStepLimit
    /// The user asked to stop; the state is saved.
    case interrupted
  }
}

/// Reads a run's events: on the training thread, between steps.
public protocol TrainingObserver: AnyObject {
  /// Takes one event. An error ends the run.
  func receive(_ event: TrainingEvent) throws(NNError)

  /// Whether it reads `.weights`, which are copied for it after each epoch; false by default.
  var wantsWeights: Bool { get }
}

extension TrainingObserver {
  /// It does not.
  public var wantsWeights: Bool { false }
}
