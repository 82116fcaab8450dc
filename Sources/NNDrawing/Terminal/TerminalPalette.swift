/// The 256 colours of terminals.
enum TerminalPalette {
  /// The series' colours: neither too dark for black nor too pale for white.
  private static let series: [UInt8] = [32, 166, 35, 169, 136, 74, 131, 245]

  /// The number of a colour; nil leaves the terminal's own.
  static func index(_ paint: Paint) -> UInt8? {
    switch paint {
    case .series(let number):
      series[((number % series.count) + series.count) % series.count]
    case .text, .background: nil
    case .muted: 245
    case .grid: 240
    case .fixed(let color): index(color)
    }
  }

  /// The nearest colour of the cube of 6 · 6 · 6 and of the ramp of 24 greys.
  static func index(_ color: RGBA) -> UInt8 {
    let levels = [0, 95, 135, 175, 215, 255]
    func nearest(_ value: UInt8) -> Int {
      levels.indices.min {
        abs(levels[$0] - Int(value)) < abs(levels[$1] - Int(value))
      } ?? 0
    }
    let (red, green, blue) = (nearest(color.red), nearest(color.green), nearest(color.blue))
    func error(_ red: Int, _ green: Int, _ blue: Int) -> Int {
      let steps = [Int(color.red) - red, Int(color.green) - green, Int(color.blue) - blue]
      return steps.reduce(0) { $0 + $1 * $1 }
    }
    let mean = (Int(color.red) + Int(color.green) + Int(color.blue)) / 3
    let gray = min(max((mean - 3) / 10, 0), 23)
    let shade = 8 + 10 * gray
    return error(shade, shade, shade) < error(levels[red], levels[green], levels[blue])
      ? UInt8(232 + gray) : UInt8(16 + 36 * red + 6 * green + blue)
  }
}
