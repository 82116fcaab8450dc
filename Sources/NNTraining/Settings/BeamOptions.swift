public import NNCore

/// The options of beam search.
public struct BeamOptions: Sendable, Hashable {
  /// The number of hypotheses; 1 is greedy search.
  public let width: Int
  /// The preference for long translations; 0 for none.
  public let lengthPenalty: Double

  /// Creates the options.
  ///
  /// - Throws: `NNError` for a width below 1 or a negative penalty.
  public init(width: Int = 4, lengthPenalty: Double = 1) throws(NNError) {
    guard width >= 1 else { throw .invalid("the beam must be 1 or wider, got \(width)") }
    guard lengthPenalty >= 0, lengthPenalty.isFinite else {
      throw .invalid("the length penalty must be 0 or more, got \(lengthPenalty)")
    }
    self.width = width
    self.lengthPenalty = lengthPenalty
  }
}
