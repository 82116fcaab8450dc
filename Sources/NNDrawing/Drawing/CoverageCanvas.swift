/// Remembers which parts of a rectangle marks would cover, so that a legend can stay clear of them.
struct CoverageCanvas: Canvas {
  private let area: Box
  private let columns: Int
  private let rows: Int
  private var isTaken: [Bool]

  private static let cell = 4.0

  let unitAspect = 1.0
  let strokeScale = 1.0

  init(_ area: Box) {
    self.area = area
    columns = max(1, Int((area.width / Self.cell).rounded(.up)))
    rows = max(1, Int((area.height / Self.cell).rounded(.up)))
    isTaken = Array(repeating: false, count: columns * rows)
  }

  func lineHeight(_ size: TextSize) -> Double { 1.3 * TextMetrics.points(size) }

  func width(of text: String, _ size: TextSize) -> Double { TextMetrics.width(of: text, size) }

  /// Whether marks cover any part of a rectangle.
  func isCovered(_ box: Box) -> Bool {
    cells(of: box).contains { isTaken[$0] }
  }

  mutating func draw(lines: [[Point]], stroke: Stroke) {
    for line in lines {
      for (first, second) in zip(line, line.dropFirst()) {
        let longest = max((second.x - first.x).magnitude, (second.y - first.y).magnitude)
        let steps = max(1, Int((longest / Self.cell).rounded(.up)))
        for step in 0...steps {
          let part = Double(step) / Double(steps)
          take(
            Box(
              x: first.x + part * (second.x - first.x), y: first.y + part * (second.y - first.y),
              width: 0.1, height: 0.1))
        }
      }
    }
  }

  mutating func fill(rings: [[Point]], paint: Paint, opacity: Double) {
    // The rectangle around each ring's neighbouring points, column by column, is close enough.
    for ring in rings {
      for column in 0..<columns {
        let left = area.x + Double(column) * Self.cell
        let inside = ring.filter { $0.x >= left - Self.cell && $0.x <= left + 2 * Self.cell }
        guard let top = inside.map(\.y).min(), let bottom = inside.map(\.y).max() else { continue }
        take(Box(x: left, y: top, width: Self.cell, height: max(bottom - top, 0.1)))
      }
      draw(lines: [ring], stroke: Stroke(paint))
    }
  }

  mutating func fill(boxes: [Box], paint: Paint, opacity: Double) {
    for box in boxes { take(box) }
  }

  mutating func draw(
    symbols positions: [Point], symbol: Symbol, size: Double, paint: Paint, hasHalo: Bool
  ) {
    for position in positions {
      take(Box(x: position.x - size, y: position.y - size, width: 2 * size, height: 2 * size))
    }
  }

  mutating func write(_ text: String, at position: Point, style: TextStyle) {
    let (width, height) = (width(of: text, style.size), lineHeight(style.size))
    let left: Double =
      switch style.anchor {
      case .start: position.x
      case .middle: position.x - width / 2
      case .end: position.x - width
      }
    take(Box(x: left, y: position.y - height / 2, width: width, height: height))
  }

  mutating func draw(image: RasterImage, in box: Box) { take(box) }

  private mutating func take(_ box: Box) {
    for cell in cells(of: box) { isTaken[cell] = true }
  }

  private func cells(of box: Box) -> [Int] {
    func index(_ distance: Double, _ count: Int) -> Int {
      min(max(Int(distance / Self.cell), 0), count - 1)
    }
    let across = index(box.x - area.x, columns)...index(max(box.maxX, box.x) - area.x, columns)
    return (index(box.y - area.y, rows)...index(max(box.maxY, box.y) - area.y, rows)).flatMap {
      row in across.map { row * columns + $0 }
    }
  }
}
