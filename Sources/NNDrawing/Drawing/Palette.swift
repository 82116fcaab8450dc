/// The colours of a theme.
///
/// The series follow Okabe and Ito (Color Universal Design, 2008), darkened for white and
/// brightened for black so that each has a contrast of at least 3 : 1 with its background.
package struct Palette: Sendable {
  /// Data, in order.
  package let series: [RGBA]
  /// Text.
  package let text: RGBA
  /// Secondary texts and lines.
  package let muted: RGBA
  /// Lines behind the data.
  package let grid: RGBA
  /// What is behind everything.
  package let background: RGBA

  /// For a white background.
  package static let light = Palette(
    series: [
      0x0072B2, 0xD55E00, 0x00845F, 0xB0508C, 0x6B4F00, 0x2F8FC9, 0x7A2E2E, 0x5F5F5F,
    ].map(RGBA.init(hex:)),
    text: RGBA(hex: 0x1C2026), muted: RGBA(hex: 0x5C6470), grid: RGBA(hex: 0xE2E5EA),
    background: RGBA(hex: 0xFFFFFF))

  /// For a background that is nearly black.
  package static let dark = Palette(
    series: [
      0x4FA8E0, 0xFF8A3D, 0x2BC49A, 0xE58BC0, 0xE3BE3A, 0x9FD3F5, 0xE0807A, 0xB4B8BF,
    ].map(RGBA.init(hex:)),
    text: RGBA(hex: 0xE6E9EE), muted: RGBA(hex: 0x9AA3AF), grid: RGBA(hex: 0x2E343D),
    background: RGBA(hex: 0x15181D))

  /// The number of colours for data.
  package static let count = 8

  /// The colour of a part.
  package subscript(paint: Paint) -> RGBA {
    switch paint {
    case .series(let index): series[((index % Self.count) + Self.count) % Self.count]
    case .text: text
    case .muted: muted
    case .grid: grid
    case .background: background
    case .fixed(let color): color
    }
  }
}
