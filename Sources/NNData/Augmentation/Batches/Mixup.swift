/// Mixes each example of a batch with another one: λ · own + (1 − λ) · other, with one λ from
/// Beta(α, α) for the batch.
///
/// As torchvision's `MixUp`.
///
/// Source: Zhang, Cisse, Dauphin, Lopez-Paz, "mixup: beyond empirical risk minimization", ICLR 2018.
public struct Mixup: BatchAugmentation {
  /// The parameter α of the distribution: small for little mixing.
  public let alpha: Double

  /// Creates the augmentation; α is 1 by default, for which λ is uniform.
  public init(alpha: Double = 1) { self.alpha = alpha }

  /// The name in config files: `mixup`.
  public var name: String { "mixup" }
  /// Images, series and tables.
  public var kinds: Set<ExampleKind> { [.image, .series, .table] }

  /// A mixture of all numbers.
  public func mixture(_ layout: ExampleLayout, _ random: inout AugmentationRandom) -> Mixture {
    Mixture(share: random.beta(alpha))
  }
}
