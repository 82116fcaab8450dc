/// A vertical or horizontal line across the whole plot.
public struct Rule: Mark {
  /// The position of the line.
  public enum Position: Sendable, Hashable {
    /// From bottom to top, at a value of the horizontal axis.
    case vertical(Double)
    /// From left to right, at a value of the vertical axis.
    case horizontal(Double)
  }

  /// The position of the line.
  public var position: Position
  /// A text at its end.
  public var label: String?
  /// The colour.
  public var color: SeriesColor
  /// The dash pattern.
  public var dash: Dash
  /// Whether an edge of the background's colour separates it from what lies under it.
  public var hasRim: Bool

  /// Creates a vertical line.
  ///
  /// - Parameters:
  ///   - vertical: The value of the horizontal axis.
  ///   - label: A text at its upper end.
  ///   - color: The colour.
  ///   - dash: The dash pattern.
  ///   - hasRim: Whether an edge separates it from what lies under it, such as a heat map.
  public init(
    vertical: Double, label: String? = nil, color: SeriesColor = .muted, dash: Dash = .dashed,
    hasRim: Bool = false
  ) {
    position = .vertical(vertical)
    self.label = label
    self.color = color
    self.dash = dash
    self.hasRim = hasRim
  }

  /// Creates a horizontal line.
  ///
  /// - Parameters:
  ///   - horizontal: The value of the vertical axis.
  ///   - label: A text at its right end.
  ///   - color: The colour.
  ///   - dash: The dash pattern.
  ///   - hasRim: Whether an edge separates it from what lies under it, such as a heat map.
  public init(
    horizontal: Double, label: String? = nil, color: SeriesColor = .muted, dash: Dash = .dashed,
    hasRim: Bool = false
  ) {
    position = .horizontal(horizontal)
    self.label = label
    self.color = color
    self.dash = dash
    self.hasRim = hasRim
  }

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) {
    switch position {
    case .vertical(let value): extent.x.add(value)
    case .horizontal(let value): extent.y.add(value)
    }
  }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let box = frame.box
    let (first, second): (Point, Point)
    switch position {
    case .vertical(let value):
      (first, second) = (Point(frame.x(value), box.maxY), Point(frame.x(value), box.y))
    case .horizontal(let value):
      (first, second) = (Point(box.x, frame.y(value)), Point(box.maxX, frame.y(value)))
    }
    let lines = frame.visible(line: [first, second])
    guard !lines.isEmpty else { return }
    if hasRim { canvas.draw(lines: lines, stroke: Stroke(.background, width: 3.5)) }
    canvas.draw(lines: lines, stroke: Stroke(style.paint, width: 1.25, dash: dash))
    guard let label else { return }
    let height = canvas.lineHeight(.small)
    let width = canvas.width(of: label, .small)
    let gap = 4 * canvas.strokeScale
    var text = TextStyle(.small, paint: style.paint, hasHalo: true)
    switch position {
    case .vertical:
      // On the side of the line that has enough space.
      text.anchor = second.x + gap + width <= box.maxX ? .start : .end
      let offset = text.anchor == .start ? gap : -gap
      canvas.write(label, at: Point(second.x + offset, box.y + height / 2), style: text)
    case .horizontal:
      text.anchor = .end
      let isAbove = second.y - height >= box.y
      canvas.write(
        label, at: Point(box.maxX - gap, second.y + (isAbove ? -height : height) / 2), style: text)
    }
  }
}
