/// Numbers between two ends as colours.
public struct ColorScale: Sendable, Hashable {
  /// The colours.
  public let map: ColorMap
  /// The numbers at both ends.
  public let range: ClosedRange<Double>

  /// A scale for some values; a range given wins over theirs.
  public init(_ map: ColorMap, values: [Double], range: ClosedRange<Double>?) {
    self.map = map
    // Beyond this, differences of values overflow.
    let largest = 1e300
    if let range {
      self.range = range.clamped(to: -largest...largest)
      return
    }
    let finite = values.lazy.filter { $0.magnitude <= largest }
    let (lower, upper) = (finite.min() ?? 0, finite.max() ?? 1)
    switch map {
    case .diverging:
      let greatest = max(lower.magnitude, upper.magnitude)
      self.range = greatest > 0 ? -greatest...greatest : -1...1
    case .classes: self.range = 0...1
    case .palette: self.range = 0...Double(Palette.count - 1)
    case .sequential, .gray:
      self.range = lower < upper ? lower...upper : lower...(lower + max(lower.magnitude, 1))
    }
  }

  /// The colour of a number; clear when it is not finite.
  public func color(_ value: Double) -> RGBA {
    guard value.isFinite else { return RGBA(0, 0, 0, alpha: 0) }
    if map == .palette { return map.color(at: value) }
    let span = range.upperBound - range.lowerBound
    let place = span > 0 ? (value - range.lowerBound) / span : 0.5
    // 256 steps: as many as the eye tells apart, and as a palette of PNG holds.
    return map.color(at: (min(max(place, 0), 1) * 255).rounded() / 255)
  }
}
