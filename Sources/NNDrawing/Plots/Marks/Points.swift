/// A scatter plot: points without lines.
public struct Points: Mark {
  /// The name in the legend.
  public var name: String?
  /// The x coordinates.
  public var x: [Double]
  /// The y coordinates.
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
  ///   - name: The name in the legend; nil for no entry.
  ///   - x: The x coordinates.
  ///   - y: The y coordinates, as many as `x`.
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

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) { extent.add(x: x, y: y) }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    canvas.draw(
      symbols: frame.visible(frame.points(x, y)), symbol: shape(style), size: size,
      paint: style.paint, hasHalo: frame.isFilled)
  }

  /// The entry in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, symbol: shape(style))
  }

  private func shape(_ style: MarkStyle) -> Symbol {
    symbol == .automatic ? style.symbol : symbol
  }
}
