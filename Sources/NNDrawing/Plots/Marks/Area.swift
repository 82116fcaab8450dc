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

  private static let opacity = 0.25

  /// Makes room for the values.
  public func extend(_ extent: inout DataExtent) {
    extent.add(x: x, y: lower)
    extent.add(x: x, y: upper)
  }

  /// Draws within a frame.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    var rings: [[Point]] = []
    var (bottom, top): ([Point], [Point]) = ([], [])
    func close() {
      rings.append(frame.visible(ring: bottom + top.reversed()))
      (bottom, top) = ([], [])
    }
    for ((place, low), high) in zip(zip(x, lower), upper) {
      // Below a logarithmic axis an area goes on to its foot.
      var first = frame.point(place, low)
      if !first.isFinite, low <= 0 { first = Point(frame.x(place), frame.box.maxY) }
      let second = frame.point(place, high)
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

  /// How the legend shows the mark.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, opacity: Self.opacity)
  }
}
