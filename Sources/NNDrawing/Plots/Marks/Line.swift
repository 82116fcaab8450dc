/// A line through points in their order.
public struct Line: Mark {
  /// The name in the legend.
  public var name: String?
  /// The x coordinates; values that are not finite break the line.
  public var x: [Double]
  /// The y coordinates; values that are not finite break the line.
  public var y: [Double]
  /// The colour.
  public var color: SeriesColor
  /// The width of the stroke, in units of the drawing.
  public var width: Double
  /// The dash pattern.
  public var dash: Dash
  /// Whether each point has a symbol.
  public var markers: Bool

  /// Creates a line.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil for no entry.
  ///   - x: The x coordinates; values that are not finite break the line.
  ///   - y: The y coordinates, as many as `x`; values that are not finite break the line.
  ///   - color: The colour.
  ///   - width: The width of the stroke, in units of the drawing.
  ///   - dash: The dash pattern.
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

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) { extent.add(x: x, y: y) }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let points = frame.points(x, y)
    let stroke = stroke(style)
    if frame.isFilled {
      canvas.draw(
        lines: frame.visible(line: points), stroke: Stroke(.background, width: width + 1.5))
    }
    canvas.draw(lines: frame.visible(line: points), stroke: stroke)
    // A point between two gaps has no line, so it is drawn as a symbol.
    let shown = markers ? points : Self.isolated(points)
    canvas.draw(
      symbols: frame.visible(shown), symbol: markers ? style.symbol : .circle,
      size: markers ? width + 1 : width, paint: style.paint, hasHalo: frame.isFilled)
  }

  /// The entry in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, stroke: stroke(style), symbol: markers ? style.symbol : nil)
  }

  private func stroke(_ style: MarkStyle) -> Stroke {
    Stroke(style.paint, width: width, dash: dash == .automatic ? style.dash : dash)
  }

  private static func isolated(_ points: [Point]) -> [Point] {
    points.indices.filter { index in
      points[index].isFinite && (index == 0 || !points[index - 1].isFinite)
        && (index == points.count - 1 || !points[index + 1].isFinite)
    }.map { points[$0] }
  }
}
