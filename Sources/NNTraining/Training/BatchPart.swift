import NNLayers

/// The part of a training step that a batch is: without accumulation, a step is one batch.
struct BatchPart {
  /// The position among the batches of the step, from 0.
  var index: Int
  /// The number of batches of the step.
  let count: Int
  /// The number of batches of a full step.
  let stride: Int
  /// The divisor of each of several losses over all batches of the step, 0 for a sum; empty for one
  /// loss, and for one batch.
  var divisors: [Double] = []

  /// A step of one batch.
  static let whole = BatchPart(index: 0, count: 1, stride: 1)

  /// What the batch's graph does with the gradient.
  var role: StepRole {
    if count == 1 { return .whole }
    return index < count - 1 ? .partial : .last
  }

  /// The number of the batch in the run, counted from 1, on which random numbers depend.
  func number(inStep step: Int) -> Int { (step &- 1) &* stride &+ index &+ 1 }
}

/// What the graph of a training step does with the gradient.
enum StepRole: Hashable {
  /// Updates the parameters from it.
  case whole
  /// Adds it to the sums over the batches of a step.
  case partial
  /// Adds it to the sums and updates the parameters from their mean.
  case last
  /// Returns it to an optimizer on the host.
  case evaluation

  /// The variables that the graph changes, apart from running statistics.
  func updatedVariables(_ groups: [TrainedGroup]) -> [String] {
    switch self {
    case .evaluation: []
    case .partial: groups.map(\.sumName)
    case .whole, .last: groups.flatMap(\.updatedVariables)
    }
  }
}

/// What determines the plan of a step.
struct StepKey: Hashable {
  let types: BatchTypes
  let role: StepRole
  /// Whether the step also returns its numbers.
  var isTraced = false
}

/// The results of one batch of a training step.
struct StepResult {
  /// The batch's loss before the update: the weighted sum of the losses.
  let loss: Double
  /// Each loss.
  let losses: [Double]
  /// The divisor of each loss: 0 if no target of the batch counts, nil for a sum.
  let divisors: [Double?]
  /// The gradient's norm before clipping, if it was requested or needed.
  var gradientNorm: Double?
  /// The gradient's norms by layer and time step, if they are logged.
  var norms: [GradientNorm] = []
  /// The numbers of the step, if they were requested.
  var trace: StepTrace?
  /// Whether everything was updated: loss and norm are finite.
  var isComplete = false

  init(losses: [Double], divisors: [Double?], of objective: Objective) {
    self.losses = losses
    self.divisors = divisors
    loss = objective.total(of: losses, divisors: divisors)
  }

  /// Whether a target of the batch counts.
  var counts: Bool { divisors.contains { $0 != 0 } }
}
