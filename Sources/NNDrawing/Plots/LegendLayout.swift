/// The layout of a legend's entries in rows.
struct LegendLayout {
  /// The size of all entries together.
  let size: (width: Double, height: Double)
  /// The left end and the middle of each entry, from the legend's top left corner.
  let positions: [Point]

  /// The width of the sample before a name.
  static let sampleWidth = 22.0
  static let rowHeight = 18.0
  private static let gap = 16.0
  private static let padding = 5.0
  private static let longestName = 240.0

  /// A name, truncated for the legend.
  static func shortened(_ name: String) -> String {
    TextMetrics.shortened(name, to: longestName, .medium)
  }

  /// Entries side by side as far as a width allows; one below the other where it is 0.
  init(_ names: [String], width: Double) {
    var positions: [Point] = []
    var x = Self.padding
    var row = 0
    var widest = 0.0
    for name in names {
      let entry = Self.sampleWidth + 5 + TextMetrics.width(of: name, .medium)
      if x > Self.padding, x + entry + Self.padding > width {
        row += 1
        x = Self.padding
      }
      positions.append(Point(x, Self.padding + (Double(row) + 0.5) * Self.rowHeight))
      widest = max(widest, x + entry + Self.padding)
      x += entry + Self.gap
    }
    self.positions = positions
    size = (widest, names.isEmpty ? 0 : Double(row + 1) * Self.rowHeight + 2 * Self.padding)
  }

  /// The corner of an area where a legend hides no data; nil when there is none.
  static func freeCorner(of area: Box, for contents: PlotContents) -> LegendPosition? {
    let size = LegendLayout(contents.keys.map(\.name), width: 0).size
    guard size.width < 0.5 * area.width, size.height < 0.6 * area.height else { return nil }
    var coverage = CoverageCanvas(area)
    contents.draw(on: &coverage, in: area)
    return [.topRight, .topLeft, .bottomRight, .bottomLeft].first {
      !coverage.isCovered(box(size, in: area, at: $0))
    }
  }

  /// The rectangle of a legend in a corner.
  static func box(
    _ size: (width: Double, height: Double), in area: Box, at position: LegendPosition
  ) -> Box {
    let margin = 6.0
    let isRight = position == .topRight || position == .bottomRight
    let isBottom = position == .bottomLeft || position == .bottomRight
    return Box(
      x: isRight ? area.maxX - margin - size.width : area.x + margin,
      y: isBottom ? area.maxY - margin - size.height : area.y + margin, width: size.width,
      height: size.height)
  }
}
