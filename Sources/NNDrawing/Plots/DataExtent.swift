/// The range of values that marks cover along one axis.
public struct AxisExtent: Sendable, Hashable {
  /// The scale.
  public let scale: Scale
  /// The range that was set for the axis; values outside it are ignored.
  public let fixed: ClosedRange<Double>?
  /// Whether values are counts.
  let isCount: Bool
  /// The least value so far.
  public private(set) var lower = Double.infinity
  /// The greatest value so far.
  public private(set) var upper = -Double.infinity
  /// The number of values that a logarithmic axis cannot show.
  public internal(set) var nonPositiveCount = 0
  /// The number of infinite values.
  public internal(set) var infiniteCount = 0
  private var pins: [Double] = []

  package init(_ axis: Axis) {
    scale = axis.scale
    fixed = axis.range
    isCount = axis.isCount
  }

  /// Whether the axis can show a value.
  public func canShow(_ value: Double) -> Bool {
    // Beyond this, differences of values overflow.
    value.magnitude <= 1e300 && (scale == .linear || value > 1e-300)
      && (fixed?.contains(value) ?? true)
  }

  /// Extends the range to a value.
  public mutating func add(_ value: Double) {
    if value.isInfinite { infiniteCount += 1 }
    if scale == .log, value.isFinite, value <= 0 { nonPositiveCount += 1 }
    guard canShow(value) else { return }
    lower = min(lower, value)
    upper = max(upper, value)
  }

  /// Extends the range to a value; where it is an end of the range, the axis ends there without a
  /// margin.
  public mutating func pin(_ value: Double) {
    guard canShow(value) else { return }
    add(value)
    pins.append(value)
  }

  /// Extends the range to both ends of another range, without a margin.
  mutating func pin(_ range: ClosedRange<Double>) {
    pin(range.lowerBound)
    pin(range.upperBound)
  }

  /// Whether the range holds no value.
  var isEmpty: Bool { !(lower <= upper) }

  /// The ends of the axis: those that were set, or those of the values with a small margin.
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

/// The ranges of values that marks cover.
public struct DataExtent: Sendable, Hashable {
  /// Along the horizontal axis.
  public var x: AxisExtent
  /// Along the vertical axis.
  public var y: AxisExtent

  init(x: Axis, y: Axis) {
    self.x = AxisExtent(x)
    self.y = AxisExtent(y)
  }

  /// Extends both ranges to a point, unless one of its coordinates is NaN.
  public mutating func add(x horizontal: Double, y vertical: Double) {
    guard !horizontal.isNaN, !vertical.isNaN else { return }
    let isShown = x.canShow(horizontal) && y.canShow(vertical)
    // Values that cannot be shown are counted, but do not extend the range.
    if isShown || !x.canShow(horizontal) { x.add(horizontal) }
    if isShown || !y.canShow(vertical) { y.add(vertical) }
  }

  /// Extends both ranges to points.
  public mutating func add(x horizontals: [Double], y verticals: [Double]) {
    for (horizontal, vertical) in zip(horizontals, verticals) {
      add(x: horizontal, y: vertical)
    }
  }
}

extension ClosedRange<Double> {
  /// Linear interpolation from the lower end (0) to the upper one (1).
  func value(at part: Double) -> Double { lowerBound * (1 - part) + upperBound * part }
}
