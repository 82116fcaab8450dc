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

  /// Makes room for the values.
  public func extend(_ extent: inout DataExtent) { extent.add(x: x, y: y) }

  /// Draws within a frame.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    canvas.draw(
      symbols: frame.visible(frame.points(x, y)), symbol: shape(style), size: size,
      paint: style.paint, hasHalo: frame.isFilled)
  }

  /// How the legend shows the mark.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, symbol: shape(style))
  }

  private func shape(_ style: MarkStyle) -> Symbol {
    symbol == .automatic ? style.symbol : symbol
  }
}
