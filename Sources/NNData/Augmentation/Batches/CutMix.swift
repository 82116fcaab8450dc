/// Replaces a rectangle of each image of a batch by that of another image; its area is a share 1 − λ
/// with λ from Beta(α, α), less where it reaches past an edge.
///
/// As torchvision's `CutMix`.
///
/// Source: Yun et al., "CutMix: regularization strategy to train strong classifiers with localizable
/// features", ICCV 2019.
public struct CutMix: BatchAugmentation {
  /// The parameter α of the distribution.
  public let alpha: Double

  /// Creates the augmentation; α is 1 by default, for which λ is uniform.
  public init(alpha: Double = 1) { self.alpha = alpha }

  /// The name in config files: `cutmix`.
  public var name: String { "cutmix" }
  /// Images.
  public var kinds: Set<ExampleKind> { [.image] }

  /// A random rectangle of the other image.
  public func mixture(_ layout: ExampleLayout, _ random: inout AugmentationRandom) -> Mixture {
    let side = 0.5 * (1 - random.beta(alpha)).squareRoot()
    let (column, row) = (
      random.integer(below: layout.width), random.integer(below: layout.height)
    )
    func range(_ center: Int, _ extent: Int) -> Range<Int> {
      let half = Int(side * Double(extent))
      return max(0, center - half)..<min(extent, center + half)
    }
    return Mixture(
      rows: range(row, layout.height), columns: range(column, layout.width), of: layout)
  }
}
