/// The scale of an axis.
public enum Scale: Sendable, Hashable {
  /// Linear: equal differences are equal distances.
  case linear
  /// Logarithmic: equal ratios are equal distances; values that are not positive are not shown.
  case log
}

/// One axis of a plot.
public struct Axis: Sendable, Hashable {
  /// What the numbers are, with their unit.
  public var label: String?
  /// The scale.
  public var scale: Scale
  /// The values at both ends; nil computes them from the marks.
  public var range: ClosedRange<Double>?
  /// The ticks; nil chooses round numbers.
  public var ticks: [Tick]?
  /// Whether values are counts, such as epochs: chosen ticks of a linear axis are integers.
  public var isCount: Bool

  /// Creates an axis.
  ///
  /// - Parameters:
  ///   - label: What the numbers are.
  ///   - scale: The scale.
  ///   - range: The values at both ends; nil computes them from the marks.
  ///   - ticks: The ticks; nil chooses round numbers. Where neither axis has ticks or a label, none
  ///     is drawn.
  ///   - isCount: Whether values are counts, such as epochs.
  public init(
    _ label: String? = nil, scale: Scale = .linear, range: ClosedRange<Double>? = nil,
    ticks: [Tick]? = nil, isCount: Bool = false
  ) {
    self.label = label
    self.scale = scale
    self.range = range
    self.ticks = ticks
    self.isCount = isCount
  }
}
