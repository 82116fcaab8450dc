/// A line through points in their order.
public struct Line: Mark {
  /// The name in the legend.
  public var name: String?
  /// Where the points lie; what is not finite breaks the line.
  public var x: [Double]
  /// How high the points lie; what is not finite breaks the line.
  public var y: [Double]
  /// The colour.
  public var color: SeriesColor
  /// The width of the stroke, in units of the drawing.
  public var width: Double
  /// How the line is broken.
  public var dash: Dash
  /// Whether each point has a symbol.
  public var markers: Bool

  /// Creates a line.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil stays out of it.
  ///   - x: Where the points lie; what is not finite breaks the line.
  ///   - y: How high the points lie, as many as `x`; what is not finite breaks the line.
  ///   - color: The colour.
  ///   - width: The width of the stroke, in units of the drawing.
  ///   - dash: How the line is broken.
  ///   - markers: Whether each point has a symbol.
  public init(
    _ name: String? = nil, x: [Double], y: [Double], color: SeriesColor = .automatic,
    width: Double = 2, dash: Dash = .automatic, markers: Bool = false
  ) {
    self.name = name
    self.x = x
    self.y = y
    self.color = color
    self.width = width
    self.dash = dash
    self.markers = markers
  }
}
