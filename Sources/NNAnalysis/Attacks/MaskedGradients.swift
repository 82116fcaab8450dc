import NNCore

/// Collects signs that the gradients of a network are masked: attacks that read them then fail where
/// the network is not robust.
///
/// Source: Athalye, Carlini, Wagner, "Obfuscated gradients give a false sense of security", ICML 2018,
/// section 3.
struct MaskedGradients {
  /// What an attack achieved.
  struct Strength {
    let attack: any Attack
    /// 1 − accuracy, or the mean loss.
    let value: Double
  }

  /// The difference of strengths that counts.
  private let tolerance: (_ strength: Double) -> Double
  private(set) var warnings: [String] = []

  /// - Parameters:
  ///   - count: The number of examples.
  ///   - areShares: Whether strengths are shares of examples; otherwise losses.
  init(count: Int, areShares: Bool) {
    tolerance = { areShares ? max(0.005, 1.5 / Double(count)) : 0.01 * abs($0) }
  }

  /// Compares the attacks at one radius.
  mutating func compare(_ strengths: [Strength], radius: Double) {
    let white = strengths.filter { $0.attack.readsGradients }
    guard let best = white.max(by: { $0.value < $1.value }) else { return }
    let fast = white.first { $0.attack is FGSMAttack }
    let slow = white.first { $0.attack is PGDAttack }
    if let fast, let slow, exceeds(fast, slow) {
      warn("\(fast.attack.title) is stronger than \(slow.attack.title)", radius)
    }
    for black in strengths where !black.attack.readsGradients && exceeds(black, best) {
      warn(
        "\(black.attack.title) is stronger than \(best.attack.title), which reads gradients", radius
      )
    }
  }

  /// Compares the mean loss after half of the steps of an attack with that after all.
  mutating func compare(half: Double, whole: Double, _ attack: any Attack, radius: Double) {
    guard half - whole > 0.01 * abs(half) else { return }
    warn("\(attack.title) has a smaller loss than with half of the steps", radius)
  }

  private func exceeds(_ one: Strength, _ other: Strength) -> Bool {
    one.value - other.value > tolerance(other.value)
  }

  private mutating func warn(_ finding: String, _ radius: Double) {
    warnings.append(
      "\(finding) at eps \(DecimalText.significant(radius, digits: 4)): gradients may be masked, and "
        + "the network weaker than the figures say")
  }
}
