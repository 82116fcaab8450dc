package import NNCore
package import NNLosses
package import NNTraining

/// A network, what an attack on it wants, and how its success is judged.
///
/// Not `Sendable`: one task uses it at a time.
package final class AttackedNetwork {
  /// The outcome for one example.
  package struct Outcome: Sendable {
    /// The share of its labels that are predicted correctly; for a targeted attack, that are not
    /// predicted as the wanted class. NaN where outputs are numbers, and where no label counts.
    package let resistance: Double
    /// What the attack increases: the loss; for a targeted attack, minus the loss of the wanted
    /// class.
    package let damage: Double

    /// Whether the attack has nothing left to gain.
    package var isBroken: Bool { resistance == 0 }

    /// Whether this outcome is worse for the network.
    package func isWorse(than other: Outcome) -> Bool {
      if resistance != other.resistance, !resistance.isNaN, !other.resistance.isNaN {
        return resistance < other.resistance
      }
      return damage > other.damage
    }
  }

  private let ascent: AscentFunctions
  private let kind: OutputKind
  private let ignoredLabel: Int32
  private let target: Int?

  /// Prepares a network.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - losses: What an attack increases.
  ///   - norm: The norm of perturbations.
  ///   - target: The class that a targeted attack wants; nil for any wrong one.
  /// - Throws: `NNError` for a network that reads tokens, and for a target that is not a class.
  package init(
    _ model: TrainedModel, losses: [LossTerm], norm: PerturbationNorm, target: Int? = nil
  ) throws(NNError) {
    ascent = try AscentFunctions(NetworkSource(model), goal: .loss(losses), norm: norm)
    kind = model.meaning().prediction ?? .numbers
    ignoredLabel = losses[0].loss.ignoredLabel
    self.target = target
    guard target == nil || kind.isClasses else {
      throw .invalid(
        "a targeted attack needs a network that predicts one of several classes",
        hint: "leave out --targeted")
    }
  }

  /// Whether predictions are classes or binary labels, which are right or wrong.
  package var hasPredictions: Bool { kind != .numbers }

  /// The number of classes that the network predicts.
  package func classCount(_ batch: AttackBatch) throws(NNError) -> Int {
    try ascent.measure(batch.clean, of: batch).samples.shape[1]
  }

  /// Runs iterations of gradient ascent, or of descent of the loss of the wanted class; otherwise as
  /// `AscentFunctions`.
  ///
  /// - Throws: `NNError` also where the gradient is not finite.
  package func ascend(
    from start: HostTensor, of batch: AttackBatch, radius: Double, stepSize: Double, count: Int
  ) throws(NNError) -> HostTensor {
    let moved = try ascent.ascend(
      from: start, of: goals(of: batch), radius: radius,
      stepSize: target == nil ? stepSize : -stepSize, count: count)
    guard moved.isFinite else {
      throw .failed("the gradient of the loss with respect to the inputs is not finite")
    }
    return moved
  }

  /// The outcome of inputs in place of the clean ones, for each example.
  package func judge(
    _ inputs: HostTensor, of batch: AttackBatch
  ) throws(NNError) -> [Outcome] {
    let batch = try goals(of: batch)
    let measured = try ascent.measure(inputs, of: batch)
    let shares = CorrectShares.of(
      measured.samples, batch.targets.values, count: batch.count, kind: kind,
      ignoredLabel: ignoredLabel)
    return (0..<batch.count).map { row in
      let share = shares?[row] ?? .nan
      return target == nil
        ? Outcome(resistance: share, damage: measured.losses[row])
        : Outcome(resistance: 1 - share, damage: -measured.losses[row])
    }
  }

  /// The predicted class of each example; nil unless each has one.
  package func classes(
    _ inputs: HostTensor, of batch: AttackBatch
  ) throws(NNError) -> [Int]? {
    guard kind.isClasses else { return nil }
    let classes = CorrectShares.classes(try ascent.measure(inputs, of: batch).samples)
    return classes.count == batch.count ? classes : nil
  }

  /// The examples with the wanted class as each label that counts, in a targeted attack.
  private func goals(of batch: AttackBatch) throws(NNError) -> AttackBatch {
    guard let target else { return batch }
    let labels = batch.targets.values
    guard labels.dtype == .int32 else {
      throw .invalid("a targeted attack needs class labels", hint: "leave out --targeted")
    }
    var targets = batch.targets
    targets.values = HostTensor(
      labels.scalars(as: Int32.self).map { $0 == ignoredLabel ? $0 : Int32(clamping: target) },
      shape: labels.shape)
    return batch.replacing(targets: targets)
  }
}
