public import NNCore
public import NNTraining

/// A training step explained number by number, or by layer where that would be too much.
public enum StepExplanation: Sendable {
  /// Every number.
  case numbers(TextbookStep)
  /// A summary by layer, and why it is not every number.
  case layers(StepSummary, reason: String)

  /// Explains a traced step: number by number if ``TextbookStep`` can, else by layer.
  public init(_ trace: StepTrace) {
    do throws(NNError) { self = .numbers(try TextbookStep(trace)) } catch {
      self = .layers(StepSummary(trace), reason: error.message)
    }
  }

  /// The step, counted from 1.
  public var step: Int {
    switch self {
    case .numbers(let step): step.step
    case .layers(let summary, _): summary.step
    }
  }

  /// The first step of a run again, from its config: the same numbers, if the run started from the
  /// config's initial weights.
  ///
  /// - Throws: `NNError` if the data are missing or have changed, and for steps that cannot be
  ///   traced.
  public static func firstStep(of config: Config) throws(NNError) -> StepExplanation {
    try TrainingRun.requireTraceableSteps(config)
    guard let (_, trace) = try TrainingRun.firstTrainer(of: config).tracedStep() else {
      throw .invalid("the training data have no examples")
    }
    return StepExplanation(trace)
  }
}

/// Explains some of the steps of a run.
public final class StepExplainer: TrainingObserver {
  /// The steps to explain, counted from 1.
  public let steps: ClosedRange<Int>
  /// The explanations so far, in order.
  public private(set) var explanations: [StepExplanation] = []
  /// Called after each explanation.
  private let onExplanation: (StepExplainer) throws(NNError) -> Void

  /// The maximum number of steps to explain: each takes some hundred thousand characters of a page.
  public static let largestCount = 20

  /// Explains a range of steps.
  ///
  /// - Parameter onExplanation: Called after each of them, such as to write a page; an error that it
  ///   throws ends the run.
  public init(
    _ steps: ClosedRange<Int>,
    onExplanation: @escaping (StepExplainer) throws(NNError) -> Void = { _ in }
  ) {
    self.steps = steps
    self.onExplanation = onExplanation
  }

  /// Whether a step is one of those that are explained.
  public func wantsTrace(ofStep step: Int) -> Bool { steps.contains(step) }

  /// Explains a traced step.
  ///
  /// - Throws: The error of `onExplanation`.
  public func receive(_ event: TrainingEvent) throws(NNError) {
    guard case .trace(let trace) = event else { return }
    explanations.append(StepExplanation(trace))
    try onExplanation(self)
  }
}
