/// A position on an axis with its label.
public struct Tick: Sendable, Hashable {
  /// The position, in the axis's unit.
  public var value: Double
  /// The label; empty for a tick without one.
  public var label: String

  /// Creates a tick.
  public init(_ value: Double, _ label: String) {
    self.value = value
    self.label = label
  }
}

/// Ticks at round numbers along an axis.
package struct Ticks: Sendable, Hashable {
  /// Ticks with a label.
  package var major: [Tick]
  /// Ticks without one.
  package var minor: [Double] = []

  /// About `count` round numbers within a range, 1, 2 or 5 times a power of ten apart.
  ///
  /// With `isCount` they are integers, and so may be fewer.
  package static func linear(
    _ range: ClosedRange<Double>, count: Int, isCount: Bool = false
  ) -> Ticks {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else {
      return Ticks(major: [Tick(range.lowerBound, NumberText.short(range.lowerBound))])
    }
    let rough = span / Double(max(1, count))
    var exponent = decimalExponent(rough)
    let fraction = rough / powerOfTen(exponent)
    var factor = 1
    // The tolerance lets a range of 10 in ten steps have ten steps.
    switch fraction {
    case ...1.000_001: factor = 1
    case ...2.000_001: factor = 2
    case ...5.000_001: factor = 5
    default: exponent += 1
    }
    if isCount, exponent < 0 { (factor, exponent) = (1, 0) }
    let step = Double(factor) * powerOfTen(exponent)
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard first.magnitude < 1e15, last.magnitude < 1e15, first <= last else {
      return Ticks(major: [])
    }
    let values = (Int(first)...Int(last)).map { index in
      // Dividing by an integer power of ten rounds once; multiplying by 0.1 would round twice.
      exponent < 0
        ? Double(index * factor) / powerOfTen(-exponent)
        : Double(index * factor) * powerOfTen(exponent)
    }
    return Ticks(major: labelled(values, exponent: exponent))
  }

  /// Powers of ten within a range of positive numbers; 1, 2 and 5 times them, or round numbers,
  /// where there would be fewer than two.
  package static func log(_ range: ClosedRange<Double>, count: Int) -> Ticks {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    guard lower > 0, upper > lower, upper.isFinite else {
      return Ticks(major: [Tick(lower, NumberText.short(lower))])
    }
    let slack = 1e-9
    let first = decimalExponent(lower) - 1
    let last = decimalExponent(upper) + 1
    func isInside(_ value: Double) -> Bool {
      value >= lower * (1 - slack) && value <= upper * (1 + slack)
    }
    let decades = (first...last).filter { isInside(powerOfTen($0)) }
    let steps = (first...last).flatMap { exponent in
      [1, 2, 5].map { (exponent, $0) }
    }.filter { isInside(Double($0.1) * powerOfTen($0.0)) }
    let isDense = decades.count < 3 && steps.count >= 3 && steps.count <= count
    if decades.count >= 2, !isDense {
      let stride = max(1, (decades.count + max(1, count) - 1) / max(1, count))
      let kept = decades.filter { ($0 - decades[0]).isMultiple(of: stride) }
      let isPlain = kept.allSatisfy { (-3...4).contains($0) }
      let major = kept.map { exponent in
        let value = powerOfTen(exponent)
        return Tick(
          value,
          isPlain
            ? NumberText.fixed(value, decimals: max(0, -exponent))
            : "10" + Script.raised(exponent))
      }
      let minor: [Double] =
        stride > 1
        ? decades.filter { !kept.contains($0) }.map { powerOfTen($0) }
        : decades.count > 8
          ? []
          : (first...last).flatMap { exponent in
            (2...9).map { Double($0) * powerOfTen(exponent) }
          }.filter(isInside)
      return Ticks(major: major, minor: minor)
    }
    guard isDense else {
      let round = linear(range, count: count)
      return Ticks(major: round.major.filter { $0.value > 0 })
    }
    return Ticks(
      major: steps.map { exponent, factor in
        let value = Double(factor) * powerOfTen(exponent)
        return Tick(value, NumberText.short(value))
      })
  }

  /// Labels with as many digits as distinguish neighbours.
  private static func labelled(_ values: [Double], exponent: Int) -> [Tick] {
    let greatest = values.map(\.magnitude).max() ?? 0
    guard greatest > 0 else { return values.map { Tick($0, "0") } }
    let top = decimalExponent(greatest)
    if top >= 7 || top < -3, top - exponent <= 6 {
      return values.map {
        Tick(
          $0,
          $0 == 0
            ? "0" : NumberText.scientific($0, exponent: top, decimals: max(0, top - exponent)))
      }
    }
    return values.map { Tick($0, NumberText.fixed($0, decimals: max(0, -exponent))) }
  }
}
