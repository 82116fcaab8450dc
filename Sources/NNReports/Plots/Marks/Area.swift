/// The area between two curves over the same places, as a band of deviations.
public struct Area: Mark {
  /// The name in the legend; an area that shares a line's name shares its colour and entry.
  public var name: String?
  /// Where the points lie.
  public var x: [Double]
  /// The lower curve.
  public var lower: [Double]
  /// The upper curve.
  public var upper: [Double]
  /// The colour.
  public var color: SeriesColor

  /// Creates an area.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil stays out of it.
  ///   - x: Where the points lie.
  ///   - lower: The lower curve; what is not finite breaks the area.
  ///   - upper: The upper curve; what is not finite breaks the area.
  ///   - color: The colour.
  public init(
    _ name: String? = nil, x: [Double], lower: [Double], upper: [Double],
    color: SeriesColor = .automatic
  ) {
    self.name = name
    self.x = x
    self.lower = lower
    self.upper = upper
    self.color = color
  }
}
