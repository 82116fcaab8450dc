/// Bars from 0; several in one plot stand side by side.
public struct Bars: Mark {
  /// The name in the legend.
  public var name: String?
  /// The center of each bar.
  public var x: [Double]
  /// The label under each bar; empty for numbers.
  public var labels: [String]
  /// The height of each bar.
  public var heights: [Double]
  /// The colour.
  public var color: SeriesColor
  /// The opacity, from 0 to 1.
  public var opacity = 0.9

  /// Creates bars at positions of a numeric axis.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil for no entry.
  ///   - x: The center of each bar.
  ///   - heights: The height of each bar, as many as `x`.
  ///   - color: The colour.
  public init(
    _ name: String? = nil, x: [Double], heights: [Double], color: SeriesColor = .automatic
  ) {
    self.name = name
    self.x = x
    labels = []
    self.heights = heights
    self.color = color
  }

  /// Creates bars for categories, at 0, 1, 2, …
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil for no entry.
  ///   - labels: The label under each bar.
  ///   - heights: The height of each bar, as many as `labels`.
  ///   - color: The colour.
  public init(
    _ name: String? = nil, labels: [String], heights: [Double], color: SeriesColor = .automatic
  ) {
    self.name = name
    x = labels.indices.map { Double($0) }
    self.labels = labels
    self.heights = heights
    self.color = color
  }

  /// True: bars at the same position stand side by side.
  public var standsSideBySide: Bool { true }

  /// The texts under the bars.
  public var categories: [Tick]? {
    labels.isEmpty ? nil : zip(x, labels).map { Tick($0, $1) }
  }

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) {
    for (position, height) in zip(x, heights) where position.isFinite && !height.isNaN {
      extent.add(x: position - spacing / 2, y: height)
      extent.x.add(position + spacing / 2)
    }
    if extent.y.scale == .linear { extent.y.pin(0) }
  }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let group = 0.8 * spacing
    let width = group / Double(style.slots)
    let boxes = zip(x, heights).compactMap { position, height -> Box? in
      let left = position - group / 2 + Double(style.slot) * width
      let (from, to) = (frame.x(left), frame.x(left + width))
      let top = frame.y(height)
      guard from.isFinite, to.isFinite, top.isFinite else { return nil }
      let gap = min(1, 0.1 * (to - from)) * canvas.strokeScale
      return Box(
        from: Point(from + gap / 2, frame.y.base), to: Point(to - gap / 2, top)
      ).clipped(to: frame.box)
    }
    canvas.fill(boxes: boxes, paint: style.paint, opacity: opacity)
  }

  /// The entry in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, opacity: opacity)
  }

  /// The smallest distance between two bars.
  private var spacing: Double {
    let positions = x.filter(\.isFinite).sorted()
    let steps = zip(positions.dropFirst(), positions).map { $0 - $1 }.filter { $0 > 0 }
    return steps.min() ?? (labels.isEmpty ? max(0.2 * (positions.first ?? 0).magnitude, 1e-9) : 1)
  }
}
