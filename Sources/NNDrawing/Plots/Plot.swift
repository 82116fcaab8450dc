/// The position of a plot's legend.
public enum LegendPosition: Sendable, Hashable {
  /// In a corner that hides no data, and above the axes when there is none.
  case automatic
  /// In a corner of the axes.
  case topLeft, topRight, bottomLeft, bottomRight
  /// In a row above the axes.
  case above
  /// No legend.
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
  /// The position of the legend.
  public var legend: LegendPosition
  /// What is drawn, from back to front.
  public var marks: [any Mark]

  /// Creates a plot.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - x: The horizontal axis.
  ///   - y: The vertical axis.
  ///   - keepsAspect: Whether one unit of x is as long as one of y.
  ///   - legend: The position of the legend.
  ///   - marks: What is drawn, from back to front.
  public init(
    title: String? = nil, x: Axis = Axis(), y: Axis = Axis(), keepsAspect: Bool = false,
    legend: LegendPosition = .automatic, marks: [any Mark]
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.keepsAspect = keepsAspect
    self.legend = legend
    self.marks = marks
  }
}
