extension TerminalScreen: Canvas {
  /// Dots per character, horizontally and vertically.
  private var dots: (x: Int, y: Int) {
    switch style.glyphs {
    case .braille: (2, 4)
    case .blocks: (2, 2)
    case .ascii: (1, 1)
    }
  }

  /// Characters are about twice as high as wide.
  public var unitAspect: Double {
    let (x, y) = dots
    return Double(y) / Double(2 * x)
  }

  /// Lines are one dot wide.
  public var strokeScale: Double { 0.25 }

  /// A row of characters, in dots.
  public func lineHeight(_ size: TextSize) -> Double { Double(dots.y) }

  /// The columns that a text takes, in dots.
  public func width(of text: String, _ size: TextSize) -> Double {
    Double(TerminalText.width(text, style) * dots.x)
  }

  /// A rectangle of characters in dots.
  func box(of cells: CellBox) -> Box {
    let (x, y) = dots
    return Box(
      x: Double(cells.column * x), y: Double(cells.row * y), width: Double(cells.width * x),
      height: Double(cells.height * y))
  }

  /// The rectangle in which data are drawn: its right and lower edges still belong to the last
  /// dots.
  func dotBox(of cells: CellBox) -> Box {
    let outer = box(of: cells)
    return Box(x: outer.x, y: outer.y, width: outer.width - 0.01, height: outer.height - 0.01)
  }

  /// Draws lines dot by dot; without colours, dashed ones differ by their gaps.
  public mutating func draw(lines: [[Point]], stroke: Stroke) {
    // The background's colour is the edge of a line, which a terminal omits.
    guard stroke.paint != .background else { return }
    let pattern = pattern(stroke.dash)
    for line in lines {
      var count = 0
      for (first, second) in zip(line, line.dropFirst()) {
        guard first.isFinite, second.isFinite else { continue }
        // From dot to dot, so that a diagonal is one dot wide.
        let (startX, startY) = (first.x.rounded(.down), first.y.rounded(.down))
        let stepX = second.x.rounded(.down) - startX
        let stepY = second.y.rounded(.down) - startY
        let steps = Int(max(stepX.magnitude, stepY.magnitude, 1))
        for step in 0..<steps {
          if pattern[count % pattern.count] {
            let part = Double(step) / Double(steps)
            set(
              Point((startX + part * stepX).rounded(), (startY + part * stepY).rounded()),
              stroke.paint)
          }
          count += 1
        }
      }
      if let last = line.last, last.isFinite, pattern[count % pattern.count] {
        set(last, stroke.paint)
      }
    }
  }

  /// Fills rings with every second dot.
  public mutating func fill(rings: [[Point]], paint: Paint, opacity: Double) {
    let points = rings.joined().filter(\.isFinite)
    guard let top = points.map(\.y).min(), let bottom = points.map(\.y).max() else { return }
    for row in Int(max(top, 0))...Int(max(bottom, 0)) {
      let y = Double(row) + 0.5
      var crossings: [Double] = []
      for ring in rings {
        guard var previous = ring.last else { continue }
        for point in ring {
          if (point.y > y) != (previous.y > y) {
            let part = (y - previous.y) / (point.y - previous.y)
            crossings.append(previous.x + part * (point.x - previous.x))
          }
          previous = point
        }
      }
      crossings.sort()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let (start, end) = (crossings[pair].rounded(), crossings[pair + 1].rounded())
        for column in Int(max(start, 0))..<Int(max(end, start, 0)) {
          let isDrawn = opacity >= 0.5 || (column + row).isMultiple(of: 2) && row.isMultiple(of: 2)
          if isDrawn { set(Point(Double(column), y), paint) }
        }
      }
    }
  }

  /// Fills rectangles, with eighths of a character where there are some.
  public mutating func fill(boxes: [Box], paint: Paint, opacity: Double) {
    guard paint != .background else { return }
    let (across, down) = dots
    for box in boxes {
      let first = Int((box.x / Double(across)).rounded())
      let last = max(Int((box.maxX / Double(across)).rounded()) - 1, first)
      let (top, bottom) = (box.y / Double(down), box.maxY / Double(down))
      for row in Int(max(top, 0))...Int(max(bottom, 0)) {
        let start = max(top - Double(row), 0)
        let end = min(bottom - Double(row), 1)
        guard end - start > 0.06 else { continue }
        for column in first...last { shade(column, row, from: start, to: end, paint) }
      }
    }
  }

  /// Draws symbols as dots, or as letters where neither colour nor shape would distinguish series.
  public mutating func draw(
    symbols positions: [Point], symbol: Symbol, size: Double, paint: Paint, hasHalo: Bool
  ) {
    let (across, down) = dots
    for position in positions where position.isFinite {
      if style.hasColors, style.glyphs != .ascii {
        set(position, paint)
      } else {
        let (column, row) = (Int(position.x) / across, Int(position.y) / down)
        put(String(Self.letter(symbol)), column: column, row: row, paint: paint)
      }
    }
  }

  /// Writes a line of text.
  public mutating func write(_ text: String, at position: Point, style textStyle: TextStyle) {
    guard position.isFinite else { return }
    let (across, down) = dots
    let shown = TerminalText.plain(text, style)
    let count = shown.unicodeScalars.count
    let column = Int((position.x / Double(across)).rounded(.down))
    let start =
      switch textStyle.anchor {
      case .start: column
      case .middle: column - count / 2
      case .end: column - count
      }
    put(shown, column: start, row: Int(position.y / Double(down)), paint: textStyle.paint)
  }

  /// Draws two pixels per character in colour, or shades of grey without.
  public mutating func draw(image: RasterImage, in box: Box) {
    guard image.width > 0, image.height > 0 else { return }
    let (across, down) = dots
    let columns =
      Int(
        (box.x / Double(across)).rounded(.down))..<Int(
        (box.maxX / Double(across)).rounded(.up))
    let rows =
      Int(
        (box.y / Double(down)).rounded(.down))..<Int(
        (box.maxY / Double(down)).rounded(.up))
    for row in rows {
      for (offset, column) in columns.enumerated() {
        let x = image.width * (2 * offset + 1) / (2 * columns.count)
        func color(_ half: Int) -> RGBA {
          let y = image.height * (4 * (row - rows.lowerBound) + 2 * half + 1) / (4 * rows.count)
          return image.color(at: min(y, image.height - 1) * image.width + x)
        }
        shade(column, row, color(0), color(1))
      }
    }
  }

  // MARK: Cells

  private mutating func set(_ point: Point, _ paint: Paint) {
    let (across, down) = dots
    let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
    guard x >= 0, y >= 0 else { return }
    let color = style.hasColors ? TerminalPalette.index(paint) : nil
    let isASCII = style.glyphs == .ascii
    change(column: x / across, row: y / down) { cell in
      if isASCII {
        cell.scalar = Self.letter(paint)
      } else if cell.scalar == nil || cell.isShade {
        cell.scalar = nil
        cell.isShade = false
        cell.dots |= 1 << UInt8(y % down * across + x % across)
      }
      cell.color = color
    }
  }

  /// Fills the part of a character between two heights, measured from its top.
  private mutating func shade(
    _ column: Int, _ row: Int, from start: Double, to end: Double, _ paint: Paint
  ) {
    let hasColors = style.hasColors
    if case .fixed(let color) = paint {
      shade(column, row, color, color)
      return
    }
    let isASCII = style.glyphs == .ascii
    change(column: column, row: row) { cell in
      if isASCII {
        cell.scalar = end - start >= 0.5 ? "#" : start > 0 ? "_" : "\""
      } else if end < 0.7 {
        // There are eighths only from below; from above there is the half.
        cell.scalar = end - start > 0.2 ? "▀" : "▔"
      } else {
        cell.scalar = Self.eighths[min(max(Int(((1 - start) * 8).rounded()), 1), 8)]
      }
      cell.color = hasColors ? TerminalPalette.index(paint) : nil
    }
  }

  private mutating func shade(_ column: Int, _ row: Int, _ upper: RGBA, _ lower: RGBA) {
    let style = style
    change(column: column, row: row) { cell in
      cell.isShade = true
      if style.hasColors {
        cell.scalar = style.glyphs == .ascii ? " " : "▀"
        // A terminal's background is unknown; translucent colours are composited over near-black.
        cell.color =
          upper.alpha == 0 ? nil : TerminalPalette.index(upper.over(RGBA(24, 24, 24)))
        cell.back = lower.alpha == 0 ? nil : TerminalPalette.index(lower.over(RGBA(24, 24, 24)))
        if upper.alpha == 0, lower.alpha == 0 { cell.scalar = " " }
      } else {
        let ramp = style.glyphs == .ascii ? Self.asciiRamp : Self.blockRamp
        let ink = (Self.ink(upper) + Self.ink(lower)) / 2
        cell.scalar = ramp[min(Int(ink * Double(ramp.count)), ramp.count - 1)]
      }
    }
  }

  /// The share of a character that is filled when there are no colours.
  private static func ink(_ color: RGBA) -> Double {
    let front = 0.299 * Double(color.red) + 0.587 * Double(color.green) + 0.114 * Double(color.blue)
    guard color.alpha < 255 else { return front / 255 }
    guard color.alpha > 0 || color.red > 0 else { return 0 }
    // The two sides of a tint are equally bright: one is drawn lighter, the other one heavier.
    let strength = Double(color.alpha) / 255
    return 0.5 + (color.red > color.blue ? strength : -strength) / 2
  }

  private func pattern(_ dash: Dash) -> [Bool] {
    switch dash {
    case .automatic, .solid: [true]
    case .dashed: [true, true, true, true, false, false]
    case .dotted: style.glyphs == .ascii ? [true, false] : [true, false, false]
    case .dashDotted: [true, true, true, true, false, false, true, false, false]
    }
  }

  static func letter(_ symbol: Symbol) -> Unicode.Scalar {
    switch symbol {
    case .automatic, .circle: "o"
    case .triangle: "^"
    case .square: "#"
    case .diamond: "%"
    case .cross: "x"
    case .plus: "+"
    }
  }

  static func letter(_ paint: Paint) -> Unicode.Scalar {
    let letters: [Unicode.Scalar] = ["*", "+", "o", "x", "#", "@", "%", "&"]
    return switch paint {
    case .series(let index): letters[((index % 8) + 8) % 8]
    case .grid: "."
    case .muted: ":"
    default: "*"
    }
  }

  private static let eighths = Array(" ▁▂▃▄▅▆▇█".unicodeScalars)
  private static let asciiRamp = Array(" .:-=+*#%@".unicodeScalars)
  private static let blockRamp = Array(" ░▒▓█".unicodeScalars)
}
