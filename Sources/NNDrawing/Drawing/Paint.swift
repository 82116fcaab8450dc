/// A colour by its role in a drawing; the theme maps it to RGB.
public enum Paint: Sendable, Hashable {
  /// A colour of the palette for data, which repeats.
  case series(Int)
  /// The colour of text.
  case text
  /// A grey for secondary texts and lines, still legible.
  case muted
  /// Lines behind the data.
  case grid
  /// What is behind everything.
  case background
  /// The same colour in every theme.
  case fixed(RGBA)
}

/// How a line is drawn.
public struct Stroke: Sendable, Hashable {
  /// The colour.
  public var paint: Paint
  /// The width, in units of an SVG file.
  public var width: Double
  /// The dash pattern.
  public var dash: Dash

  /// Creates a stroke.
  public init(_ paint: Paint, width: Double = 1, dash: Dash = .solid) {
    self.paint = paint
    self.width = width
    self.dash = dash
  }
}

/// Red, green, blue and opacity, from 0 to 255.
public struct RGBA: Sendable, Hashable {
  /// Red.
  public var red: UInt8
  /// Green.
  public var green: UInt8
  /// Blue.
  public var blue: UInt8
  /// 255 is opaque.
  public var alpha: UInt8

  /// Creates a colour.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// An opaque colour from `0xRRGGBB`.
  init(hex: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8),
      UInt8(truncatingIfNeeded: hex))
  }

  /// `#rrggbb`, without the opacity.
  package var hex: String {
    "#"
      + [red, green, blue].map { byte in
        let digits = String(byte, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
      }.joined()
  }

  /// This colour composited over an opaque one.
  package func over(_ background: RGBA) -> RGBA {
    let opacity = Double(alpha) / 255
    func mixed(_ front: UInt8, _ back: UInt8) -> UInt8 {
      UInt8((Double(front) * opacity + Double(back) * (1 - opacity)).rounded())
    }
    return RGBA(
      mixed(red, background.red), mixed(green, background.green), mixed(blue, background.blue))
  }

  /// Relative luminance as WCAG 2 defines it, from 0 to 1.
  package var luminance: Double {
    func linear(_ byte: UInt8) -> Double {
      let value = Double(byte) / 255
      return value <= 0.040_45 ? value / 12.92 : power((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Contrast with another colour as WCAG 2 defines it, from 1 to 21.
  package func contrast(with other: RGBA) -> Double {
    let (first, second) = (luminance, other.luminance)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }
}
