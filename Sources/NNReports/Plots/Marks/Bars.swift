/// Bars from 0; several in one plot stand side by side.
public struct Bars: Mark {
  /// The name in the legend.
  public var name: String?
  /// The middle of each bar.
  public var x: [Double]
  /// What is written under each bar; empty writes numbers.
  public var labels: [String]
  /// The height of each bar.
  public var heights: [Double]
  /// The colour.
  public var color: SeriesColor

  /// Bars at places of a numeric axis.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil stays out of it.
  ///   - x: The middle of each bar.
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

  /// Bars for things with names, at 0, 1, 2, …
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil stays out of it.
  ///   - labels: What is written under each bar.
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
}
