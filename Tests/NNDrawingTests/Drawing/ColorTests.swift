import NNDrawing
import Testing

@Suite struct ColorTests {
  static let palettes = [Palette.light, Palette.dark]

  @Test(arguments: 0..<2)
  func everySeriesHasTheContrastOfGraphics(_ index: Int) {
    let palette = Self.palettes[index]
    for color in palette.series {
      #expect(color.contrast(with: palette.background) >= 3, "\(color.hex)")
    }
    #expect(palette.text.contrast(with: palette.background) >= 7)
    #expect(palette.muted.contrast(with: palette.background) >= 4.5)
  }

  @Test func contrastFollowsTheStandard() {
    let (black, white) = (RGBA(0, 0, 0), RGBA(255, 255, 255))
    #expect(abs(black.contrast(with: white) - 21) < 1e-9)
    #expect(white.contrast(with: white) == 1)
    // A grey that is known as the lightest with 4.5 : 1 on white.
    #expect(abs(RGBA(0x76, 0x76, 0x76).contrast(with: white) - 4.54) < 0.005)
    #expect(RGBA(255, 0, 0, alpha: 0).over(white) == white)
    #expect(RGBA(255, 0, 0, alpha: 51).over(white) == RGBA(255, 204, 204))
  }

  /// Colours as people without one kind of cone see them (Viénot, Brettel and Mollon, 1999), by
  /// red, green and blue of linear light.
  private static func seen(_ color: RGBA, without cone: Int) -> (Double, Double, Double) {
    func linear(_ byte: UInt8) -> Double {
      let value = Double(byte) / 255
      return value * value * (0.2 + 0.8 * value)
    }
    let (red, green, blue) = (linear(color.red), linear(color.green), linear(color.blue))
    switch cone {
    case 0:
      let yellow = 0.112_38 * red + 0.887_62 * green
      return (yellow, yellow, 0.004_01 * red - 0.004_01 * green + blue)
    case 1:
      let yellow = 0.292_75 * red + 0.707_25 * green
      return (yellow, yellow, -0.022_34 * red + 0.022_34 * green + blue)
    default: return (red, green, blue)
    }
  }

  @Test(arguments: 0..<2, 0..<3)
  func theFirstFiveSeriesAreDistinguishableByEveryone(_ index: Int, _ cone: Int) {
    let series = Self.palettes[index].series.prefix(5)
    for (position, first) in series.enumerated() {
      for second in series.dropFirst(position + 1) {
        let (one, two) = (Self.seen(first, without: cone), Self.seen(second, without: cone))
        let distance = [(one.0 - two.0), (one.1 - two.1), (one.2 - two.2)]
          .reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(distance > 0.06, "\(first.hex) and \(second.hex) without cone \(cone)")
      }
    }
  }

  @Test func sequentialColoursGrowBrighter() {
    let scale = ColorScale(.sequential, values: [], range: 0...255)
    let levels = (0...255).map { scale.color(Double($0)).luminance }
    for (darker, brighter) in zip(levels, levels.dropFirst()) {
      // Rounding to bytes costs up to half a step.
      #expect(darker <= brighter + 1e-3)
    }
    #expect(scale.color(-5) == scale.color(0) && scale.color(900) == scale.color(255))
    #expect(scale.color(0).hex == "#440154" && scale.color(255).hex == "#fde725")
    #expect(scale.color(.nan).alpha == 0)
  }

  @Test func rangesFollowTheValues() {
    #expect(ColorScale(.diverging, values: [-1, 3, .nan], range: nil).range == -3...3)
    #expect(ColorScale(.sequential, values: [2, 5, .infinity], range: nil).range == 2...5)
    #expect(ColorScale(.sequential, values: [2, 2], range: nil).range == 2...4)
    #expect(ColorScale(.diverging, values: [0], range: nil).range == -1...1)
    #expect(ColorScale(.classes, values: [0.4], range: nil).range == 0...1)
    #expect(ColorScale(.gray, values: [], range: nil).range == 0...1)
    #expect(ColorScale(.gray, values: [9], range: 1...2).range == 1...2)
  }

  @Test(arguments: ColorMap.allCases)
  func numbersInCellsAreLegible(_ map: ColorMap) {
    let scale = ColorScale(map, values: [], range: 0...1)
    for palette in Self.palettes {
      for step in 0...50 {
        let color = scale.color(Double(step) / 50)
        let ink = palette[HeatMap.ink(on: color)]
        #expect(ink.contrast(with: color.over(palette.background)) >= 4, "\(map) at \(step)")
      }
    }
  }

  /// The playground's page is made of the palette: class 0 and negative numbers have the first
  /// series' colour, class 1 and positive ones that of the second.
  @Test func thePlaygroundHasTheSameColours() throws {
    #expect((ColorMap.negativeSeries, ColorMap.positiveSeries) == (0, 1))
    let style = String(decoding: Asset.bytes("playground.css"), as: UTF8.self)
    let themes = style.split(separator: "@media (prefers-color-scheme: dark)", maxSplits: 1)
    try #require(themes.count == 2)
    for (text, palette) in zip(themes, Self.palettes) {
      for index in 0..<5 {
        #expect(text.contains("--class\(index): \(palette.series[index].hex);"), "\(index)")
      }
    }
    let script = String(decoding: Asset.bytes("playground-colors.js"), as: UTF8.self)
    #expect(script.contains("distance < 0 ? colors.rgb.class0 : colors.rgb.class1"))
    #expect(script.contains("[\(ColorMap.strength), 0.5].map(strength"))
    let lines = String(decoding: Asset.bytes("playground-edges.js"), as: UTF8.self)
    #expect(lines.contains("edge.weight < 0 ? colors.class0 : colors.class1"))
    let texts = String(decoding: Asset.bytes("playground-network.js"), as: UTF8.self)
    #expect(texts.contains("orange is positive, blue negative"))
  }

  @Test func tintsLetTheBackgroundThrough() {
    let scale = ColorScale(.diverging, values: [], range: -1...1)
    #expect(scale.color(0).alpha < 4)
    #expect(scale.color(1).alpha > 200 && scale.color(1).alpha == scale.color(-1).alpha)
    #expect(scale.color(1).red > scale.color(1).blue)
    #expect(scale.color(-1).red < scale.color(-1).blue)
    // Points of both classes must stand out from the tint of their own class.
    for palette in Self.palettes {
      for side in [0.0, 1.0] {
        let wash = ColorScale(.classes, values: [], range: nil).color(side).over(palette.background)
        #expect(palette.text.contrast(with: wash) >= 4.5)
        #expect(palette.series[Int(side)].contrast(with: wash) >= 1.5)
      }
    }
  }
}
