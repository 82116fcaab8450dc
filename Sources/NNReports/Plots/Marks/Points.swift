/// Single points.
public struct Points: Mark {
  /// The name in the legend.
  public var name: String?
  /// Where the points lie.
  public var x: [Double]
  /// How high the points lie.
  public var y: [Double]
  /// The colour.
  public var color: SeriesColor
  /// The shape.
  public var symbol: Symbol
  /// Half the width of a symbol, in units of the drawing.
  public var size: Double

  /// Creates points.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil stays out of it.
  ///   - x: Where the points lie.
  ///   - y: How high the points lie, as many as `x`.
  ///   - color: The colour.
  ///   - symbol: The shape.
  ///   - size: Half the width of a symbol, in units of the drawing.
  public init(
    _ name: String? = nil, x: [Double], y: [Double], color: SeriesColor = .automatic,
    symbol: Symbol = .automatic, size: Double = 3
  ) {
    self.name = name
    self.x = x
    self.y = y
    self.color = color
    self.symbol = symbol
    self.size = size
  }
}
