/// A histogram: counts of values in bins of equal width.
public struct Histogram: Mark {
  /// The name in the legend.
  public var name: String?
  /// The values; those that are not finite are left out.
  public var values: [Double]
  /// The number of bins; nil for the Freedman–Diaconis rule.
  public var bins: Int?
  /// The colour.
  public var color: SeriesColor

  /// Creates a histogram.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil for no entry.
  ///   - values: The values; those that are not finite are left out.
  ///   - bins: The number of bins; nil for the Freedman–Diaconis rule, and that of Sturges where
  ///     half of the values are equal.
  ///   - color: The colour.
  public init(
    _ name: String? = nil, values: [Double], bins: Int? = nil, color: SeriesColor = .automatic
  ) {
    self.name = name
    self.values = values
    self.bins = bins
    self.color = color
  }

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) {
    let counted = HistogramBins(values: values, count: bins)
    for (index, count) in counted.counts.enumerated() {
      extent.add(x: counted.edge(index), y: Double(count))
      extent.x.add(counted.edge(index + 1))
    }
    if extent.y.scale == .linear { extent.y.pin(0) }
    extent.x.infiniteCount += values.count(where: \.isInfinite)
  }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    let counted = HistogramBins(values: values, count: bins)
    let boxes = counted.counts.indices.compactMap { index -> Box? in
      let (left, right) = (frame.x(counted.edge(index)), frame.x(counted.edge(index + 1)))
      let top = frame.y(Double(counted.counts[index]))
      guard counted.counts[index] > 0, left.isFinite, right.isFinite, top.isFinite else {
        return nil
      }
      let gap = min(1, 0.15 * (right - left)) * canvas.strokeScale
      return Box(
        from: Point(left, frame.y.base), to: Point(right - gap, top)
      ).clipped(to: frame.box)
    }
    canvas.fill(boxes: boxes, paint: style.paint, opacity: Self.opacity)
  }

  /// The entry in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, opacity: Self.opacity)
  }

  /// Below 1, so that several histograms in one plot stay visible.
  private static let opacity = 0.7
}
