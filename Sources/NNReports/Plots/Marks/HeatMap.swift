/// A number in each cell of a grid, as a colour.
public struct HeatMap: Mark {
  /// From the left side of the first column to the right side of the last one.
  public var x: ClosedRange<Double>
  /// From the lower side of the first row to the upper side of the last one.
  public var y: ClosedRange<Double>
  /// Cells in a row.
  public var columns: Int
  /// Rows.
  public var rows: Int
  /// The numbers row by row, row 0 at the bottom; what is not finite stays clear.
  public var values: [Double]
  /// How numbers become colours.
  public var colors: ColorMap
  /// The numbers at both ends of the colours.
  public var range: ClosedRange<Double>?
  /// Whether a bar explains the colours.
  public var bar: Bool
  /// Whether cells that are large enough hold their numbers.
  public var showsValues: Bool

  /// Creates a heat map.
  ///
  /// - Parameters:
  ///   - x: From the left side of the first column to the right side of the last one.
  ///   - y: From the lower side of the first row to the upper side of the last one.
  ///   - columns: Cells in a row.
  ///   - rows: Rows.
  ///   - values: The numbers row by row, row 0 at the bottom; what is not finite stays clear.
  ///   - colors: How numbers become colours.
  ///   - range: The numbers at both ends of the colours; nil takes the least and the greatest, and
  ///     for `.diverging` the greatest magnitude on both sides of 0.
  ///   - bar: Whether a bar explains the colours.
  ///   - showsValues: Whether cells that are large enough hold their numbers.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int, values: [Double],
    colors: ColorMap = .sequential, range: ClosedRange<Double>? = nil, bar: Bool = true,
    showsValues: Bool = false
  ) {
    precondition(
      columns >= 0 && rows >= 0 && values.count == columns * rows,
      "\(rows) rows of \(columns) cells are not \(values.count) values")
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
}
