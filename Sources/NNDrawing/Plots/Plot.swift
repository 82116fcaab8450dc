/// Where a plot explains its colours.
public enum LegendPlace: Sendable, Hashable {
  /// In a corner that hides no data, and above the axes when there is none.
  case automatic
  /// In a corner of the axes.
  case topLeft, topRight, bottomLeft, bottomRight
  /// In a row above the axes.
  case above
  /// Nowhere.
  case hidden
}

/// Marks between two axes.
public struct Plot: Panel {
  /// The text above.
  public var title: String?
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// Whether one unit of x is as long as one of y.
  public var keepsAspect: Bool
  /// Where the colours are explained.
  public var legend: LegendPlace
  /// What is drawn, from back to front.
  public var marks: [any Mark]

  /// Creates a plot.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - x: The horizontal axis.
  ///   - y: The vertical axis.
  ///   - keepsAspect: Whether one unit of x is as long as one of y.
  ///   - legend: Where the colours are explained.
  ///   - marks: What is drawn, from back to front.
  public init(
    title: String? = nil, x: Axis = Axis(), y: Axis = Axis(), keepsAspect: Bool = false,
    legend: LegendPlace = .automatic, marks: [any Mark]
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.keepsAspect = keepsAspect
    self.legend = legend
    self.marks = marks
  }
}
