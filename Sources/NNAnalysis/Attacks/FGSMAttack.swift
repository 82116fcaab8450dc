import NNCore
import NNTraining

/// The fast gradient sign method: one step of the length ε from the clean input; for `l2` along the
/// gradient.
///
/// Source: Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015.
struct FGSMAttack: Attack {
  static let entry = AttackEntry("fgsm", "One step of length ε along the loss's gradient.") { _ in
    FGSMAttack()
  }

  var title: String { "fgsm" }
  var readsGradients: Bool { true }
  var isRandom: Bool { false }

  func callAsFunction(
    _ batch: AttackBatch, on network: AttackedNetwork, radius: Double, draw: Int
  ) throws(NNError) -> HostTensor {
    try network.ascend(
      from: batch.clean, of: batch, radius: radius, stepSize: radius, count: 1)
  }
}
