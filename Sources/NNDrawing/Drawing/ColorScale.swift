/// A color map with the range of numbers that it covers.
public struct ColorScale: Sendable, Hashable {
  /// The colours.
  public let map: ColorMap
  /// The numbers at both ends of the map.
  public let range: ClosedRange<Double>

  /// Creates a scale for values; `range`, where given, replaces their minimum and maximum.
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

  /// The colour of a number; transparent when it is not finite.
  public func color(_ value: Double) -> RGBA {
    guard value.isFinite else { return RGBA(0, 0, 0, alpha: 0) }
    if map == .palette { return map.color(at: value) }
    let span = range.upperBound - range.lowerBound
    let position = span > 0 ? (value - range.lowerBound) / span : 0.5
    // 256 steps: as many as the eye can distinguish and as a PNG palette holds.
    return map.color(at: (min(max(position, 0), 1) * 255).rounded() / 255)
  }
}
