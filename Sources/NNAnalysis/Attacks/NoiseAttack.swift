import NNCore
import NNTraining

/// Random noise, which reads nothing of the network: uniform in ±ε for `linf`; normal, scaled to the
/// norm ε, for `l2`.
struct NoiseAttack: Attack {
  static let entry = AttackEntry("noise", "Random noise in the ball, without any search.") {
    NoiseAttack(settings: $0)
  }

  let settings: AttackSettings

  var title: String { "noise" }
  var readsGradients: Bool { false }
  var isRandom: Bool { true }

  func callAsFunction(
    _ batch: AttackBatch, on network: AttackedNetwork, radius: Double, draw: Int
  ) throws(NNError) -> HostTensor {
    // Other draws than those of the starts of gradient ascent.
    RandomPerturbation(seed: settings.seed, draw: 0x1000_0000 &+ draw)
      .noise(of: batch, norm: settings.norm, radius: radius)
  }
}
