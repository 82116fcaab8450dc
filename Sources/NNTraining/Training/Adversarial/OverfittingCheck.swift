import NNCore
import NNData
import NNLayers
import NNLosses

/// Notices catastrophic overfitting: training against one step of gradient ascent may end in a
/// network that withstands just this step, and no attack of several steps.
///
/// Source: Wong, Rice, Kolter, "Fast is better than free: revisiting adversarial training", ICLR 2020,
/// section 5.4, whose check on training examples this is.
struct OverfittingCheck {
  /// The number of training examples that are attacked.
  static let rowCount = 128
  /// The steps of the longer attack, each of a quarter of the radius.
  static let stepCount = 10

  private let options: AdversarialTraining
  private let stepSize: Double
  private let isRandom: Bool

  /// Prepares the check; nil unless training uses one step.
  init?(_ options: AdversarialTraining) {
    guard case .fgsm(let stepSize, let isRandom) = options.method else { return nil }
    self.options = options
    self.stepSize = stepSize
    self.isRandom = isRandom
  }

  /// A warning if the attack of several steps leaves less than half of the accuracy under one step.
  func warning(
    _ source: NetworkSource, _ objective: Objective, _ data: Dataset, seed: UInt64
  ) throws(NNError) -> String? {
    let loader = try BatchLoader(
      dataset: data,
      plan: BatchPlan(
        exampleCount: data.count, batchSize: min(Self.rowCount, data.count)),
      dtype: source.layout.dtype, prefetch: false)
    guard let examples = try loader.next() else { return nil }
    let batch = AttackBatch(
      inputs: examples.input, targets: examples.namedTargets, range: try InputRange(of: data),
      rows: Array(examples.indices))
    let ascent = try AscentFunctions(source, goal: .loss(objective.terms), norm: options.norm)
    let start =
      isRandom
      ? RandomPerturbation(seed: seed, draw: 0)
        .start(of: batch, norm: options.norm, radius: options.radius) : batch.clean
    func accuracy(stepSize: Double, count: Int) throws(NNError) -> Double? {
      let inputs = try ascent.ascend(
        from: start, of: batch, radius: options.radius, stepSize: stepSize, count: count)
      let shares = CorrectShares.of(
        try ascent.measure(inputs, of: batch).samples, batch.targets.values, count: batch.count,
        kind: objective.main.output, ignoredLabel: objective.main.ignoredLabel)
      let counted = shares?.filter { !$0.isNaN } ?? []
      return counted.isEmpty ? nil : counted.reduce(0, +) / Double(counted.count)
    }
    guard let one = try accuracy(stepSize: stepSize, count: 1),
      let several = try accuracy(stepSize: options.radius / 4, count: Self.stepCount),
      several < one / 2, one - several > 0.2
    else { return nil }
    func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
    return "catastrophic overfitting: of \(batch.count) training examples the network classifies "
      + "\(percent(one)) correctly under the one-step attack that it is trained with, and "
      + "\(percent(several)) under \(Self.stepCount) steps; use a smaller step_size or eps, or "
      + "pgd"
  }
}
