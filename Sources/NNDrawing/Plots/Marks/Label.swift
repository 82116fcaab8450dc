/// A text at a place of the plot.
public struct Label: Mark {
  /// Which side of the place the text stands on.
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
  /// The place along the horizontal axis.
  public var x: Double
  /// The place along the vertical axis.
  public var y: Double
  /// Which side of the place the text stands on.
  public var anchor: Anchor
  /// The colour.
  public var color: SeriesColor

  /// Creates a text.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - x: The place along the horizontal axis.
  ///   - y: The place along the vertical axis.
  ///   - anchor: Which side of the place the text stands on; it moves to stay within the axes.
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

  /// Makes room for the values.
  public func extend(_ extent: inout DataExtent) { extent.add(x: x, y: y) }

  /// Draws within a frame.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let place = frame.point(x, y)
    guard !frame.visible([place]).isEmpty else { return }
    let (width, height) = (canvas.width(of: text, .medium), canvas.lineHeight(.medium))
    let gap = 6 * canvas.strokeScale
    var left = place.x - width / 2
    var middle = place.y
    switch anchor {
    case .center: break
    case .left: left = place.x - gap - width
    case .right: left = place.x + gap
    case .above: middle -= height / 2 + gap / 2
    case .below: middle += height / 2 + gap / 2
    }
    left = max(frame.box.x, min(left, frame.box.maxX - width))
    middle = max(frame.box.y + height / 2, min(middle, frame.box.maxY - height / 2))
    canvas.write(
      text, at: Point(left, middle), style: TextStyle(.medium, paint: style.paint, hasHalo: true))
  }
}
