public import NNCore

/// The overlap of examples that follow one another in time, such as windows of one series.
public struct TimeOrder: Sendable, Hashable {
  /// The number of preceding examples that share targets with an example.
  public let sharedTargets: Int

  /// Creates an order.
  public init(sharedTargets: Int) { self.sharedTargets = sharedTargets }
}

extension Dataset {
  /// Splits the examples into training and validation data, in which they keep their order: at
  /// random, or by time where examples are overlapping windows (`timeOrder`).
  ///
  /// By time, the last examples are for validation, and preceding examples that share targets with
  /// them are in neither part, so no validation target is trained on.
  ///
  /// With labels [N] the random split is stratified: every class keeps the fraction, up to rounding
  /// (largest remainders). The same seed always results in the same split.
  ///
  /// - Parameters:
  ///   - fraction: The share of examples for validation, between 0 and 1.
  ///   - seed: The run's seed.
  ///   - order: Which examples are held out; nil (default) for the last ones where examples are
  ///     overlapping windows, else examples at random.
  /// - Throws: `NNError` when the fraction is not between 0 and 1 or a part would be empty.
  public func split(
    fraction: Double, seed: UInt64, order: SplitOrder? = nil
  ) throws(NNError) -> (train: Dataset, validation: Dataset) {
    let chosen = try SplitRule(fraction, order: order)
      .split(Array(0..<count), of: splitRows, seed: seed)
    return try parts(train: chosen.kept, validation: chosen.held)
  }
}
