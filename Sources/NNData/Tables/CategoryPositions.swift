/// Where the texts of a column are among the categories of its encoding.
struct CategoryPositions: Sendable {
  /// For each text its position; nil for one that the training rows lack.
  private let texts: [Int?]
  /// The position of the category that missing values become; nil for none.
  private let fill: Int?

  init(_ column: RawColumn, _ encoding: ColumnEncoding) {
    let categories = encoding.categories ?? []
    let known = Dictionary(
      zip(categories, categories.indices), uniquingKeysWith: { first, _ in first })
    texts = column.texts.map { known[$0] }
    fill = encoding.fillCategory.flatMap { known[$0] }
  }

  /// The position of a cell's category; nil for none.
  ///
  /// - Parameters:
  ///   - text: The index of its text; nil for a missing value.
  ///   - counts: Counts missing values and unknown categories.
  func position(ofText text: Int?, counting counts: inout EncodingCounts) -> Int? {
    guard let text else {
      counts.missing += 1
      return fill
    }
    let position = texts[text]
    if position == nil { counts.unknown += 1 }
    return position
  }
}
