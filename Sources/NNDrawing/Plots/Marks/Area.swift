/// The area between two curves over the same x values, such as a band of standard deviations.
public struct Area: Mark {
  /// The name in the legend; an area that shares a line's name shares its colour and entry.
  public var name: String?
  /// The x coordinates.
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
  ///   - name: The name in the legend; nil for no entry.
  ///   - x: The x coordinates.
  ///   - lower: The lower curve; values that are not finite break the area.
  ///   - upper: The upper curve; values that are not finite break the area.
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

  private static let opacity = 0.25

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) {
    extent.add(x: x, y: lower)
    extent.add(x: x, y: upper)
  }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    var rings: [[Point]] = []
    var (bottom, top): ([Point], [Point]) = ([], [])
    func close() {
      rings.append(frame.visible(ring: bottom + top.reversed()))
      (bottom, top) = ([], [])
    }
    for ((position, low), high) in zip(zip(x, lower), upper) {
      // On a logarithmic axis an area continues to the lower end of the axis.
      var first = frame.point(position, low)
      if !first.isFinite, low <= 0 { first = Point(frame.x(position), frame.box.maxY) }
      let second = frame.point(position, high)
      if first.isFinite, second.isFinite {
        bottom.append(first)
        top.append(second)
      } else {
        close()
      }
    }
    close()
    canvas.fill(rings: rings, paint: style.paint, opacity: Self.opacity)
  }

  /// The entry in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, opacity: Self.opacity)
  }
}
