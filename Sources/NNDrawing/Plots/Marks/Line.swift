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

  /// Makes room for the values.
  public func extend(_ extent: inout DataExtent) { extent.add(x: x, y: y) }

  /// Draws within a frame.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let points = frame.points(x, y)
    let stroke = stroke(style)
    if frame.isFilled {
      canvas.draw(
        lines: frame.visible(line: points), stroke: Stroke(.background, width: width + 1.5))
    }
    canvas.draw(lines: frame.visible(line: points), stroke: stroke)
    // Of a point between two gaps no line shows.
    let shown = markers ? points : Self.lonely(points)
    canvas.draw(
      symbols: frame.visible(shown), symbol: markers ? style.symbol : .circle,
      size: markers ? width + 1 : width, paint: style.paint, hasHalo: frame.isFilled)
  }

  /// How the legend shows the mark.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, stroke: stroke(style), symbol: markers ? style.symbol : nil)
  }

  private func stroke(_ style: MarkStyle) -> Stroke {
    Stroke(style.paint, width: width, dash: dash == .automatic ? style.dash : dash)
  }

  private static func lonely(_ points: [Point]) -> [Point] {
    points.indices.filter { index in
      points[index].isFinite && (index == 0 || !points[index - 1].isFinite)
        && (index == points.count - 1 || !points[index + 1].isFinite)
    }.map { points[$0] }
  }
}
