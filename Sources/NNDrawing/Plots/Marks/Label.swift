/// A text at a point of the plot.
public struct Label: Mark {
  /// The side of the point that the text is on.
  public enum Anchor: Sendable, Hashable {
    /// In the middle.
    case center
    /// To the left or to the right.
    case left, right
    /// Above or below.
    case above, below
  }

  /// The text.
  public var text: String
  /// The x coordinate.
  public var x: Double
  /// The y coordinate.
  public var y: Double
  /// The side of the point that the text is on.
  public var anchor: Anchor
  /// The colour.
  public var color: SeriesColor

  /// Creates a text.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - x: The x coordinate.
  ///   - y: The y coordinate.
  ///   - anchor: The side of the point that the text is on; the text moves to stay within the axes.
  ///   - color: The colour.
  public init(
    _ text: String, x: Double, y: Double, anchor: Anchor = .right, color: SeriesColor = .emphasis
  ) {
    self.text = text
    self.x = x
    self.y = y
    self.anchor = anchor
    self.color = color
  }

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) { extent.add(x: x, y: y) }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let position = frame.point(x, y)
    guard !frame.visible([position]).isEmpty else { return }
    let (width, height) = (canvas.width(of: text, .medium), canvas.lineHeight(.medium))
    let gap = 6 * canvas.strokeScale
    var left = position.x - width / 2
    var middle = position.y
    switch anchor {
    case .center: break
    case .left: left = position.x - gap - width
    case .right: left = position.x + gap
    case .above: middle -= height / 2 + gap / 2
    case .below: middle += height / 2 + gap / 2
    }
    left = max(frame.box.x, min(left, frame.box.maxX - width))
    middle = max(frame.box.y + height / 2, min(middle, frame.box.maxY - height / 2))
    canvas.write(
      text, at: Point(left, middle), style: TextStyle(.medium, paint: style.paint, hasHalo: true))
  }
}
