/// A heat map: a number in each cell of a grid, as a colour.
public struct HeatMap: Mark {
  /// The range of x, from the left edge of the first column to the right edge of the last one.
  public var x: ClosedRange<Double>
  /// The range of y, from the lower edge of the first row to the upper edge of the last one.
  public var y: ClosedRange<Double>
  /// Cells in a row.
  public var columns: Int
  /// The number of rows.
  public var rows: Int
  /// The numbers row by row, row 0 at the bottom; values that are not finite are transparent.
  public var values: [Double]
  /// A color map: from numbers to colours.
  public var colors: ColorMap
  /// The numbers at both ends of the color map.
  public var range: ClosedRange<Double>?
  /// Whether the plot has a color bar.
  public var bar: Bool
  /// Whether cells that are large enough show their numbers.
  public var showsValues: Bool
  /// Lines of text for each cell, shown instead of its number: as many of the first ones as fit.
  /// Empty for numbers.
  public var texts: [[String]] = []

  /// Creates a heat map.
  ///
  /// - Parameters:
  ///   - x: From the left side of the first column to the right side of the last one.
  ///   - y: From the lower side of the first row to the upper side of the last one.
  ///   - columns: Cells in a row.
  ///   - rows: Rows.
  ///   - values: The numbers row by row, row 0 at the bottom; values that are not finite are
  ///     transparent.
  ///   - colors: The color map.
  ///   - range: The numbers at both ends of the color map; nil for minimum and maximum, and
  ///     for `.diverging` the greatest magnitude on both sides of 0.
  ///   - bar: Whether the plot has a color bar.
  ///   - showsValues: Whether cells that are large enough show their numbers.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int, values: [Double],
    colors: ColorMap = .sequential, range: ClosedRange<Double>? = nil, bar: Bool = true,
    showsValues: Bool = false
  ) {
    precondition(
      columns >= 0 && rows >= 0 && values.count == columns * rows,
      "expected \(rows) rows of \(columns) cells, found \(values.count) values")
    self.x = x
    self.y = y
    self.columns = columns
    self.rows = rows
    self.values = values
    self.colors = colors
    self.range = range
    self.bar = bar
    self.showsValues = showsValues
  }

  /// Up to this many cells are elements of their own, which can hold numbers.
  private static let largestCellCount = 400

  /// True: cells cover what is behind them.
  public var isFilled: Bool { true }

  /// The scale of the color bar.
  public var colorScale: ColorScale? { bar && !values.isEmpty ? scale : nil }

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) {
    extent.x.pin(x)
    extent.y.pin(y)
  }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    guard columns > 0, rows > 0 else { return }
    let whole = box(columns: 0..<columns, rows: 0..<rows, frame)
    let inside = whole.clipped(to: frame.box)
    guard inside.width > 0, inside.height > 0 else { return }
    let isLinear = frame.x.scale == .linear && frame.y.scale == .linear
    if showsValues, values.count <= Self.largestCellCount {
      drawCells(on: &canvas, frame)
    } else if isLinear, inside == whole {
      canvas.draw(image: image, in: whole)
    } else {
      canvas.draw(image: sampled(inside, frame), in: inside)
    }
  }

  private var scale: ColorScale { ColorScale(colors, values: values, range: range) }

  /// One pixel per cell, the last row on top.
  private var image: RasterImage {
    RasterImage(
      width: columns, height: rows,
      values: (0..<rows).reversed().flatMap { values[($0 * columns)..<(($0 + 1) * columns)] },
      colors: colors, range: scale.range)
  }

  /// The cells resampled to a rectangle whose axes clip or distort them.
  private func sampled(_ box: Box, _ frame: PlotFrame) -> RasterImage {
    let side = 240
    func cell(_ value: Double, _ range: ClosedRange<Double>, _ count: Int) -> Int {
      let part = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return min(max(Int(part * Double(count)), 0), count - 1)
    }
    let middles = (0..<side).map { (Double($0) + 0.5) / Double(side) }
    let across = middles.map { cell(frame.x.value(at: box.x + $0 * box.width), x, columns) }
    let down = middles.map { cell(frame.y.value(at: box.y + $0 * box.height), y, rows) }
    return RasterImage(
      width: side, height: side,
      values: down.flatMap { row in across.map { values[row * columns + $0] } }, colors: colors,
      range: scale.range)
  }

  private func drawCells(on canvas: inout some Canvas, _ frame: PlotFrame) {
    let scale = scale
    var boxes: [RGBA: [Box]] = [:]
    var order: [RGBA] = []
    var texts: [(text: String, position: Point, color: RGBA)] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let value = values[row * columns + column]
        let color = scale.color(value)
        let cell = box(columns: column..<(column + 1), rows: row..<(row + 1), frame)
          .clipped(to: frame.box)
        if boxes[color] == nil { order.append(color) }
        boxes[color, default: []].append(cell)
        guard showsValues, value.isFinite else { continue }
        let lines = lines(ofCell: row * columns + column, value, in: cell, canvas)
        for (index, line) in lines.enumerated() {
          let offset = Double(index) - Double(lines.count - 1) / 2
          let position = Point(cell.center.x, cell.center.y + offset * canvas.lineHeight(.small))
          texts.append((line, position, color))
        }
      }
    }
    for color in order where color.alpha > 0 {
      canvas.fill(boxes: boxes[color] ?? [], paint: .fixed(color), opacity: 1)
    }
    for (text, position, color) in texts {
      canvas.write(
        text, at: position, style: TextStyle(.small, anchor: .middle, paint: Self.ink(on: color)))
    }
  }

  /// The lines of text in a cell: none where it is too small.
  private func lines(
    ofCell index: Int, _ value: Double, in cell: Box, _ canvas: some Canvas
  ) -> [String] {
    let wanted = index < texts.count ? texts[index] : [NumberText.short(value)]
    let room = Int(cell.height / canvas.lineHeight(.small))
    return Array(wanted.prefix(room).prefix { canvas.width(of: $0, .small) < cell.width })
  }

  /// A colour of text that is legible on a cell in every theme.
  package static func ink(on color: RGBA) -> Paint {
    func contrast(_ ink: Paint) -> Double {
      let palettes = [Palette.light, Palette.dark]
      return palettes.map { $0[ink].contrast(with: color.over($0.background)) }.min() ?? 0
    }
    let inks = [Paint.text, .fixed(RGBA(0, 0, 0)), .fixed(RGBA(255, 255, 255))]
    return inks.max { contrast($0) < contrast($1) } ?? .text
  }

  private func box(columns cells: Range<Int>, rows range: Range<Int>, _ frame: PlotFrame) -> Box {
    func edge(_ index: Int, of count: Int, _ range: ClosedRange<Double>) -> Double {
      range.value(at: Double(index) / Double(count))
    }
    return Box(
      from: frame.point(
        edge(cells.lowerBound, of: columns, x), edge(range.lowerBound, of: rows, y)),
      to: frame.point(
        edge(cells.upperBound, of: columns, x), edge(range.upperBound, of: rows, y)))
  }
}
