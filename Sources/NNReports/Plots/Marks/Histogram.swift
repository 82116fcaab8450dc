/// How often values fall into bins of equal width.
public struct Histogram: Mark {
  /// The name in the legend.
  public var name: String?
  /// The values; what is not finite is left out.
  public var values: [Double]
  /// The number of bins; nil takes Freedman and Diaconis's rule.
  public var bins: Int?
  /// The colour.
  public var color: SeriesColor

  /// Creates a histogram.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil stays out of it.
  ///   - values: The values; what is not finite is left out.
  ///   - bins: The number of bins; nil takes Freedman and Diaconis's rule, and Sturges's where half
  ///     of the values are equal.
  ///   - color: The colour.
  public init(
    _ name: String? = nil, values: [Double], bins: Int? = nil, color: SeriesColor = .automatic
  ) {
    self.name = name
    self.values = values
    self.bins = bins
    self.color = color
  }
}
