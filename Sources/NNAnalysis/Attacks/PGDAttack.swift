import NNCore
import NNTraining

/// Projected gradient descent: steps that increase the loss, each projected onto the ball; the last
/// iterate counts.
///
/// Source: Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards deep learning models resistant to
/// adversarial attacks", ICLR 2018.
struct PGDAttack: Attack {
  static let entry = AttackEntry(
    "pgd", "Steps of gradient ascent, each projected onto the ball around the clean input."
  ) { PGDAttack(settings: $0) }

  let settings: AttackSettings

  var title: String { "pgd-\(settings.steps)" }
  var readsGradients: Bool { true }
  var isRandom: Bool { settings.randomStart }

  func callAsFunction(
    _ batch: AttackBatch, on network: AttackedNetwork, radius: Double, draw: Int
  ) throws(NNError) -> HostTensor {
    let start =
      settings.randomStart
      ? RandomPerturbation(seed: settings.seed, draw: draw)
        .start(of: batch, norm: settings.norm, radius: radius) : batch.clean
    return try network.ascend(
      from: start, of: batch, radius: radius,
      stepSize: settings.stepSize ?? 4 * radius / Double(settings.steps), count: settings.steps)
  }
}
