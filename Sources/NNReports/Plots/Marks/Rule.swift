/// A straight line across the whole plot.
public struct Rule: Mark {
  /// Where the line runs.
  public enum Place: Sendable, Hashable {
    /// From bottom to top, at a value of the horizontal axis.
    case vertical(Double)
    /// From left to right, at a value of the vertical axis.
    case horizontal(Double)
  }

  /// Where the line runs.
  public var place: Place
  /// A text at its end.
  public var label: String?
  /// The colour.
  public var color: SeriesColor
  /// How the line is broken.
  public var dash: Dash

  /// A line from bottom to top.
  ///
  /// - Parameters:
  ///   - vertical: The value of the horizontal axis.
  ///   - label: A text at its upper end.
  ///   - color: The colour.
  ///   - dash: How the line is broken.
  public init(
    vertical: Double, label: String? = nil, color: SeriesColor = .muted, dash: Dash = .dashed
  ) {
    place = .vertical(vertical)
    self.label = label
    self.color = color
    self.dash = dash
  }

  /// A line from left to right.
  ///
  /// - Parameters:
  ///   - horizontal: The value of the vertical axis.
  ///   - label: A text at its right end.
  ///   - color: The colour.
  ///   - dash: How the line is broken.
  public init(
    horizontal: Double, label: String? = nil, color: SeriesColor = .muted, dash: Dash = .dashed
  ) {
    place = .horizontal(horizontal)
    self.label = label
    self.color = color
    self.dash = dash
  }
}
