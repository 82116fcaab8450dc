/// Lines along which a function of two variables has the same value.
public struct Contour: Mark {
  /// The name in the legend.
  public var name: String?
  /// The range of x, from the first column of values to the last one.
  public var x: ClosedRange<Double>
  /// The range of y, from the first row of values to the last one.
  public var y: ClosedRange<Double>
  /// Values in a row.
  public var columns: Int
  /// The number of rows.
  public var rows: Int
  /// The values at the grid's corners row by row, row 0 at the bottom.
  public var values: [Double]
  /// The contour levels.
  public var levels: [Double]
  /// Whether each line is labelled with its value.
  public var labels: Bool
  /// The colour.
  public var color: SeriesColor
  /// The width of the stroke, in units of the drawing.
  public var width: Double

  /// Creates contour lines.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil for no entry.
  ///   - x: From the first column of values to the last one.
  ///   - y: From the first row of values to the last one.
  ///   - columns: Values in a row.
  ///   - rows: Rows.
  ///   - values: The values row by row, row 0 at the bottom; cells with one that is not finite are
  ///     left out.
  ///   - levels: The contour levels.
  ///   - labels: Whether each line is labelled with its value.
  ///   - color: The colour.
  ///   - width: The width of the stroke, in units of the drawing.
  public init(
    _ name: String? = nil, x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int,
    values: [Double], levels: [Double], labels: Bool = false, color: SeriesColor = .emphasis,
    width: Double = 1.5
  ) {
    precondition(
      columns >= 0 && rows >= 0 && values.count == columns * rows,
      "expected \(rows) rows of \(columns) values, found \(values.count) values")
    self.name = name
    self.x = x
    self.y = y
    self.columns = columns
    self.rows = rows
    self.values = values
    self.levels = levels
    self.labels = labels
    self.color = color
    self.width = width
  }

  /// Extends the plot's ranges to the values.
  public func extend(_ extent: inout DataExtent) {
    extent.x.pin(x)
    extent.y.pin(y)
  }

  /// Draws within the axes.
  public func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle) {
    guard columns > 1, rows > 1 else { return }
    var lines: [[Point]] = []
    var texts: [(text: String, position: Point)] = []
    for level in levels where level.isFinite {
      let paths = MarchingSquares.paths(values, columns: columns, rows: rows, level: level)
        .flatMap { path in
          frame.visible(line: path.map { frame.point(horizontal($0.x), vertical($0.y)) })
        }
      lines += paths
      if labels, let longest = paths.max(by: { Self.length($0) < Self.length($1) }) {
        let text = NumberText.short(level)
        if Self.length(longest) > 2 * canvas.width(of: text, .small) {
          texts.append((text, longest[longest.count / 2]))
        }
      }
    }
    if frame.isFilled { canvas.draw(lines: lines, stroke: Stroke(.background, width: width + 1)) }
    canvas.draw(lines: lines, stroke: Stroke(style.paint, width: width))
    var taken: [Box] = []
    for (text, position) in texts {
      let (width, height) = (canvas.width(of: text, .small), canvas.lineHeight(.small))
      let box = Box(
        x: position.x - width / 2, y: position.y - height / 2, width: width, height: height)
      guard !taken.contains(where: box.overlaps), frame.box.contains(Point(box.x, box.y)),
        frame.box.contains(Point(box.maxX, box.maxY))
      else { continue }
      taken.append(box)
      canvas.write(
        text, at: position,
        style: TextStyle(.small, anchor: .middle, paint: style.paint, hasHalo: true))
    }
  }

  /// The entry in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? {
    LegendKey(style.paint, stroke: Stroke(style.paint, width: width))
  }

  private func horizontal(_ column: Double) -> Double { x.value(at: column / Double(columns - 1)) }

  private func vertical(_ row: Double) -> Double { y.value(at: row / Double(rows - 1)) }

  private static func length(_ path: [Point]) -> Double {
    zip(path, path.dropFirst()).reduce(0) {
      let (dx, dy) = ($1.1.x - $1.0.x, $1.1.y - $1.0.y)
      return $0 + (dx * dx + dy * dy).squareRoot()
    }
  }
}
