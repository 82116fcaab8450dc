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

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) {
    extent.add(x: from.0, y: from.1)
    extent.add(x: to.0, y: to.1)
  }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let (start, end) = (frame.point(from.0, from.1), frame.point(to.0, to.1))
    let shaft = frame.visible(line: [start, end])
    let stroke = Stroke(style.paint, width: 1.75)
    if frame.isFilled { canvas.draw(lines: shaft, stroke: Stroke(.background, width: 3.25)) }
    canvas.draw(lines: shaft, stroke: stroke)
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0, !frame.visible([end]).isEmpty else { return }
    let size = min(8 * canvas.strokeScale, 0.6 * length)
    let (alongX, alongY) = (dx / length * size, dy / length * size)
    let head = [
      end, Point(end.x - alongX - 0.4 * alongY, end.y - alongY + 0.4 * alongX),
      Point(end.x - alongX + 0.4 * alongY, end.y - alongY - 0.4 * alongX),
    ]
    canvas.fill(rings: [frame.visible(ring: head)], paint: style.paint, opacity: 1)
  }
}
