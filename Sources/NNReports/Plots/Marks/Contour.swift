/// Lines along which a function of two variables has the same value.
public struct Contour: Mark {
  /// The name in the legend.
  public var name: String?
  /// From the first column of values to the last one.
  public var x: ClosedRange<Double>
  /// From the first row of values to the last one.
  public var y: ClosedRange<Double>
  /// Values in a row.
  public var columns: Int
  /// Rows.
  public var rows: Int
  /// The values at the grid's corners row by row, row 0 at the bottom.
  public var values: [Double]
  /// The values that get a line.
  public var levels: [Double]
  /// Whether each line bears its value.
  public var labels: Bool
  /// The colour.
  public var color: SeriesColor
  /// The width of the stroke, in units of the drawing.
  public var width: Double

  /// Creates contour lines.
  ///
  /// - Parameters:
  ///   - name: The name in the legend; nil stays out of it.
  ///   - x: From the first column of values to the last one.
  ///   - y: From the first row of values to the last one.
  ///   - columns: Values in a row.
  ///   - rows: Rows.
  ///   - values: The values row by row, row 0 at the bottom; cells with one that is not finite are
  ///     left out.
  ///   - levels: The values that get a line.
  ///   - labels: Whether each line bears its value.
  ///   - color: The colour.
  ///   - width: The width of the stroke, in units of the drawing.
  public init(
    _ name: String? = nil, x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int,
    values: [Double], levels: [Double], labels: Bool = false, color: SeriesColor = .emphasis,
    width: Double = 1.5
  ) {
    precondition(
      columns >= 0 && rows >= 0 && values.count == columns * rows,
      "\(rows) rows of \(columns) are not \(values.count) values")
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
}
