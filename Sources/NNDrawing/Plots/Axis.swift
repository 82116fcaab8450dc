/// How values become distances along an axis.
public enum Scale: Sendable, Hashable {
  /// Equal steps are equal distances.
  case linear
  /// Equal factors are equal distances; what is not positive has no place.
  case log
}

/// A place on an axis with what is written there.
public struct Tick: Sendable, Hashable {
  /// The place, in the axis's unit.
  public var value: Double
  /// What is written; empty for a line without a text.
  public var label: String

  /// Creates a tick.
  public init(_ value: Double, _ label: String) {
    self.value = value
    self.label = label
  }
}

/// One axis of a plot.
public struct Axis: Sendable, Hashable {
  /// What the numbers are, with their unit.
  public var label: String?
  /// How values become distances.
  public var scale: Scale
  /// The values at both ends; nil takes them from the marks.
  public var range: ClosedRange<Double>?
  /// The ticks; nil chooses them.
  public var ticks: [Tick]?
  /// Whether values are counted, as epochs are: chosen ticks of a linear axis are integers.
  public var isCount: Bool

  /// Creates an axis.
  ///
  /// - Parameters:
  ///   - label: What the numbers are.
  ///   - scale: How values become distances.
  ///   - range: The values at both ends; nil takes them from the marks.
  ///   - ticks: The ticks; nil chooses round numbers. Where neither axis has ticks or a label, none
  ///     is drawn.
  ///   - isCount: Whether values are counted, as epochs are.
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
