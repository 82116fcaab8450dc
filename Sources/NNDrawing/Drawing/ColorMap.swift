/// A color map: from numbers to colours.
public enum ColorMap: Sendable, Hashable, CaseIterable {
  /// From dark violet by green to yellow (viridis); brightness grows with the number.
  case sequential
  /// From blue by the background to vermilion: negative numbers are blue and positive ones
  /// vermilion, in plots, reports, lessons and the playground alike. The middle is the middle of
  /// the range.
  case diverging
  /// A pale tint between the colours of the first two series, for points of these classes on top:
  /// 0 is the first class and 1 the second one.
  case classes
  /// A pale tint of the series' colours, one for each integer from 0.
  case palette
  /// From black to white.
  case gray

  /// The colour at a position from 0 to 1, or for `.palette` that of an integer.
  package func color(at position: Double) -> RGBA {
    switch self {
    case .sequential: return Self.blend(Self.viridis, at: position)
    case .gray:
      let level = UInt8((min(max(position, 0), 1) * 255).rounded())
      return RGBA(level, level, level)
    case .diverging:
      let side = 2 * position - 1
      return Self.tint(
        side < 0 ? Self.negative : Self.positive, Self.strength * min(side.magnitude, 1))
    case .classes:
      let side = 2 * position - 1
      return Self.tint(
        side < 0 ? Self.negative : Self.positive, 0.1 + 0.32 * min(side.magnitude, 1))
    case .palette:
      let index = Int(min(max(position.rounded(), 0), 1e6)) % Palette.count
      return Self.tint(Self.middle[index], 0.36)
    }
  }

  /// Half way between the light and the dark theme's colours, since a tint must suit both.
  private static let middle = zip(Palette.light.series, Palette.dark.series).map { light, dark in
    RGBA(light.red, light.green, light.blue, alpha: 128).over(dark)
  }

  /// The series whose colour negative numbers have, which is also that of the first of two classes.
  package static let negativeSeries = 0
  /// The series whose colour positive numbers have, which is also that of the second of two
  /// classes.
  package static let positiveSeries = 1
  /// The opacity of the colours at both ends of `.diverging`.
  package static let strength = 0.92

  private static let negative = middle[negativeSeries]
  private static let positive = middle[positiveSeries]

  private static func tint(_ color: RGBA, _ opacity: Double) -> RGBA {
    RGBA(color.red, color.green, color.blue, alpha: UInt8((opacity * 255).rounded()))
  }

  private static func blend(_ stops: [RGBA], at position: Double) -> RGBA {
    let scaled = min(max(position, 0), 1) * Double(stops.count - 1)
    let index = min(Int(scaled), stops.count - 2)
    let part = scaled - Double(index)
    func mixed(_ first: UInt8, _ second: UInt8) -> UInt8 {
      UInt8((Double(first) * (1 - part) + Double(second) * part).rounded())
    }
    let (first, second) = (stops[index], stops[index + 1])
    return RGBA(
      mixed(first.red, second.red), mixed(first.green, second.green),
      mixed(first.blue, second.blue))
  }

  /// Viridis (van der Walt and Smith, 2015), sixteen of its colours at equal distances.
  private static let viridis = [
    0x440154, 0x481A6C, 0x472F7D, 0x414487, 0x39568C, 0x31688E, 0x2A788E, 0x23888E, 0x1F988B,
    0x22A884, 0x35B779, 0x54C568, 0x7AD151, 0xA5DB36, 0xD2E21B, 0xFDE725,
  ].map { RGBA(hex: UInt32($0)) }
}
