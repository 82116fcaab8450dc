/// The values that marks need room for along one axis.
public struct AxisExtent: Sendable, Hashable {
  /// How values become distances.
  public let scale: Scale
  /// The ends that the axis was given; what lies beyond does not count.
  public let fixed: ClosedRange<Double>?
  /// Whether values are counted.
  let isCount: Bool
  /// The least value so far.
  public private(set) var lower = Double.infinity
  /// The greatest value so far.
  public private(set) var upper = -Double.infinity
  /// How many values have no place on a logarithmic axis.
  public internal(set) var nonPositiveCount = 0
  /// How many values were infinite.
  public internal(set) var infiniteCount = 0
  private var pins: [Double] = []

  package init(_ axis: Axis) {
    scale = axis.scale
    fixed = axis.range
    isCount = axis.isCount
  }

  /// Whether a value has a place on the axis.
  public func hasPlace(for value: Double) -> Bool {
    // Beyond this, differences of values overflow.
    value.magnitude <= 1e300 && (scale == .linear || value > 1e-300)
      && (fixed?.contains(value) ?? true)
  }

  /// Makes room for a value.
  public mutating func add(_ value: Double) {
    if value.isInfinite { infiniteCount += 1 }
    if scale == .log, value.isFinite, value <= 0 { nonPositiveCount += 1 }
    guard hasPlace(for: value) else { return }
    lower = min(lower, value)
    upper = max(upper, value)
  }

  /// Makes room for a value; where it is the last one, the axis ends there without a margin.
  public mutating func pin(_ value: Double) {
    guard hasPlace(for: value) else { return }
    add(value)
    pins.append(value)
  }

  /// The same for both ends of a range.
  mutating func pin(_ range: ClosedRange<Double>) {
    pin(range.lowerBound)
    pin(range.upperBound)
  }

  /// Whether there is room for anything.
  var isEmpty: Bool { !(lower <= upper) }

  /// The ends of the axis: those given, or those of the values with a small margin.
  package var range: ClosedRange<Double> {
    if let fixed, let usable = Self.usable(fixed, scale) { return usable }
    guard !isEmpty else { return scale == .log ? 0.1...10 : 0...1 }
    let isLowerPinned = pins.contains(lower)
    let isUpperPinned = pins.contains(upper)
    if scale == .log {
      let factor = upper > lower * 1.000_001 ? power(upper / lower, 0.04) : 3
      let start = isLowerPinned ? lower : max(lower / factor, 1e-300)
      let end = isUpperPinned && start < upper ? upper : min(upper * factor, 1e300)
      return start...end
    }
    let span = upper - lower
    let magnitude = max(lower.magnitude, upper.magnitude)
    guard span > 1e-12 * magnitude, span > 1e-290 else {
      let room = magnitude > 1e-290 ? 0.1 * magnitude : 1
      return isLowerPinned && lower == 0 ? 0...1 : (lower - room)...(upper + room)
    }
    return
      (isLowerPinned ? lower : lower - 0.04 * span)...(isUpperPinned ? upper : upper + 0.04 * span)
  }

  private static func usable(_ range: ClosedRange<Double>, _ scale: Scale) -> ClosedRange<Double>? {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    guard lower.magnitude <= 1e300, upper.magnitude <= 1e300 else { return nil }
    if scale == .log {
      guard upper > 1e-300 else { return nil }
      let start = lower > 1e-300 ? lower : upper / 1000
      return start < upper ? start...upper : (start / 3)...(upper * 3)
    }
    guard upper - lower > 1e-12 * max(lower.magnitude, upper.magnitude), upper - lower > 1e-290
    else {
      let room = max(0.1 * upper.magnitude, 1e-3)
      return (lower - room)...(upper + room)
    }
    return range
  }
}

/// The values that marks need room for.
public struct DataExtent: Sendable, Hashable {
  /// Along the horizontal axis.
  public var x: AxisExtent
  /// Along the vertical axis.
  public var y: AxisExtent

  init(x: Axis, y: Axis) {
    self.x = AxisExtent(x)
    self.y = AxisExtent(y)
  }

  /// Makes room for a place, unless one of its values is missing.
  public mutating func add(x horizontal: Double, y vertical: Double) {
    guard !horizontal.isNaN, !vertical.isNaN else { return }
    let hasPlace = x.hasPlace(for: horizontal) && y.hasPlace(for: vertical)
    // Values without a place are counted even so, and stretch nothing.
    if hasPlace || !x.hasPlace(for: horizontal) { x.add(horizontal) }
    if hasPlace || !y.hasPlace(for: vertical) { y.add(vertical) }
  }

  /// Makes room for places.
  public mutating func add(x horizontals: [Double], y verticals: [Double]) {
    for (horizontal, vertical) in zip(horizontals, verticals) {
      add(x: horizontal, y: vertical)
    }
  }
}

extension ClosedRange<Double> {
  /// The value at a share of the way from the lower end to the upper one.
  func value(at part: Double) -> Double { lowerBound * (1 - part) + upperBound * part }
}
