/// A straight line with a head.
public struct Arrow: Mark {
  /// Where it begins.
  public var from: (Double, Double)
  /// Where its head is.
  public var to: (Double, Double)
  /// The colour.
  public var color: SeriesColor

  /// Creates an arrow.
  ///
  /// - Parameters:
  ///   - from: Where it begins.
  ///   - to: Where its head is.
  ///   - color: The colour.
  public init(
    from: (Double, Double), to: (Double, Double), color: SeriesColor = .emphasis
  ) {
    self.from = from
    self.to = to
    self.color = color
  }
}
