import NNDrawing
import NNTestSupport
import Testing

@Suite struct TerminalTests {
  static let styles: [TerminalStyle] = TerminalStyle.Glyphs.allCases.flatMap {
    [TerminalStyle($0), TerminalStyle($0, hasColors: true)]
  }

  /// A line without its escape sequences.
  private static func plain(_ line: Substring) -> String {
    var result = ""
    var isEscape = false
    for character in line {
      if character == "\u{1B}" {
        isEscape = true
      } else if isEscape {
        isEscape = character != "m"
      } else {
        result.append(character)
      }
    }
    return result
  }

  @Test(arguments: Samples.data.indices)
  func everythingFitsItsBox(_ index: Int) {
    let (kind, x, y) = Samples.data[index]
    let panels =
      Samples.panels(x, y) + Samples.marks(x, y).map { Plot(title: $0.name, marks: [$0.mark]) }
    for panel in panels {
      let figure = Figure(title: "A figure", description: "", panels: [panel])
      for style in Self.styles {
        for (width, height) in [(80, 24), (40, 12), (20, 6), (5, 3), (1, 1)] {
          let text = figure.text(width: width, height: height, style: style)
          let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
          #expect(lines.count <= height, "\(kind)")
          for line in lines {
            let shown = Self.plain(line)
            #expect(shown.unicodeScalars.count <= width, "\(kind): \(shown)")
            if style.glyphs == .ascii {
              #expect(shown.allSatisfy { $0.isASCII }, "\(kind): \(shown)")
            }
          }
          #expect(style.hasColors || !text.contains("\u{1B}"))
        }
      }
    }
  }

  @Test func aDiagonalIsADiagonal() {
    let plot = Plot(
      x: Axis(range: 0...1, ticks: []), y: Axis(range: 0...1, ticks: []),
      marks: [Line(x: [0, 1], y: [0, 1])])
    // One column is the axis, one row the other axis and one row its labels.
    let text = plot.alone.text(width: 9, height: 6, style: .braille)
    #expect(
      text == """
        │      ⡠⠊
        │    ⡠⠊
        │  ⡠⠊
        │⡠⠊
        └────────
        """)
    let ascii = plot.alone.text(width: 5, height: 6, style: .ascii)
    #expect(
      ascii == """
        |   *
        |  *
        | *
        |*
        +----
        """)
  }

  @Test func namesLegendAndTicksAreWritten() {
    let plot = Plot(
      title: "Title", x: Axis("step"), y: Axis("loss"),
      marks: [Line("one", x: [0, 10], y: [0, 1]), Line("two", x: [0, 10], y: [1, 0])])
    for style in Self.styles {
      let text = plot.alone.text(width: 60, height: 16, style: style)
      for word in ["Title", "step", "loss", "one", "two", "0.5", "10"] {
        #expect(text.contains(word), "\(word) in \(style)")
      }
    }
  }

  @Test func coloursAreSwitchedOffAtTheEndOfEachLine() {
    let plot = Plot(marks: [Line("a", x: [0, 1, 2], y: [0, 5, 1])])
    let text = plot.alone.text(width: 40, height: 10, style: .braille.colored)
    #expect(text.contains("\u{1B}[38;5;32m"))
    for line in text.split(separator: "\n") where line.contains("\u{1B}[38") {
      #expect(line.split(separator: "\u{1B}").last?.hasPrefix("[0m") ?? false)
    }
  }

  @Test func barsRiseByEighths() {
    let plot = Plot(
      x: Axis(ticks: []), y: Axis(range: 0...4, ticks: []),
      marks: [Bars(x: [0, 1, 2, 3], heights: [1, 2, 3, 4])])
    let rows = plot.alone.text(width: 41, height: 10, style: .blocks).split(separator: "\n")
    let full = (0..<4).map { bar in
      rows.dropLast().count { $0.unicodeScalars.dropFirst(6 + 10 * bar).first == "█" }
    }
    #expect(full == [2, 4, 6, 8])
  }

  @Test func hotCellsAreDarkerThanCold() {
    let map = HeatMap(
      x: 0...2, y: 0...1, columns: 2, rows: 1, values: [0, 1], colors: .gray, bar: false)
    let text = Plot(x: Axis(ticks: []), y: Axis(ticks: []), marks: [map]).alone
      .text(width: 11, height: 6, style: .ascii)
    #expect(text.split(separator: "\n").first == "|     @@@@@")
    let colored = Plot(marks: [map]).alone.text(width: 11, height: 6, style: .blocks.colored)
    #expect(colored.contains("\u{1B}[48;5;231m"))
  }

  @Test func drawingIsFast() {
    let x = (0..<1000).map { Double($0) }
    let figure = Figure(
      title: "", description: "", columns: 2,
      panels: (0..<4).map { panel in
        Plot(marks: [
          Line("a", x: x, y: x.map { ($0 * Double(panel + 1)).remainder(dividingBy: 97) })
        ])
      })
    let seconds = processorSeconds {
      for _ in 0..<10 { _ = figure.text(width: 160, height: 50, style: .braille.colored) }
    }
    // Ten per second are required; even unoptimised code must do more.
    #expect(seconds < 5)
  }
}
