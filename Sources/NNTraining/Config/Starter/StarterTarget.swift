import NNCore
import NNData

/// What a starting config predicts.
package enum StarterTarget: Sendable, Hashable {
  /// One of several classes.
  ///
  /// - Parameter numbered: Whether labels are integers from 0, which need no names.
  case classes(count: Int, numbered: Bool)
  /// Several labels of an example.
  case labels(count: Int, separator: String)
  /// A number.
  case number

  /// Finds out what a column holds.
  ///
  /// - Throws: `NNError` for a column that cannot be a target.
  init(_ column: TableSurvey.Column, rowCount: Int, at path: String) throws(NNError) {
    func refuse(_ message: String, _ hint: String) -> NNError {
      .invalid("the target \"\(column.name)\" \(message)", at: path, hint: hint)
    }
    let other = "name another column with --target"
    guard let type = column.type, column.count > 0 else { throw refuse("has no values", other) }
    if let found = Self.labels(column) {
      self = found
      return
    }
    guard column.missingCount == 0 else {
      throw refuse(
        "is missing in \(column.missingCount) of \(rowCount) rows", "remove these rows, or \(other)"
      )
    }
    guard column.values.count > 1 else {
      throw refuse(
        "is \(column.values.keys.first?.shortened(to: 40) ?? "") in every row: there is nothing to "
          + "learn", other)
    }
    switch type {
    case .date: throw refuse("holds dates", "predict a number, such as days, or \(other)")
    case .text where column.numberCount > 0:
      throw refuse(
        "holds numbers and texts (\(column.numberCount) and \(column.textCount) rows)",
        "make it one of both, or \(other)")
    case .text: throw refuse("has another text in almost every row", other)
    case .category, .boolean:
      self = .classes(count: column.listed?.count ?? column.values.count, numbered: false)
    case .integer, .number:
      let different = Set(column.values.keys.compactMap { Double($0) }).count
      guard type == .integer, different <= Self.largestClassCount,
        column.count >= Self.rowsPerClass * different, column.largest < Self.largestLabel
      else {
        self = .number
        return
      }
      // Labels from 0 are kept, gaps included.
      let isNumbered = column.smallest == 0
      self = .classes(
        count: isNumbered ? Int(column.largest) + 1 : different, numbered: isNumbered)
    }
  }

  /// More different integers are numbers.
  private static let largestClassCount = 20
  /// Larger integers are numbers.
  private static let largestLabel = 100.0
  /// Classes have at least this many rows on average.
  private static let rowsPerClass = 4

  /// The labels of texts such as `red|round`, if parts repeat more than wholes do.
  private static func labels(_ column: TableSurvey.Column) -> StarterTarget? {
    guard column.numberCount == 0 else { return nil }
    for separator in ["|", ";"] {
      let several = column.values.filter { $0.key.contains(separator) }
      guard several.values.reduce(0, +) * 10 >= column.count else { continue }
      let parts = Set(
        column.values.keys.flatMap { text in
          text.split(separator: separator).map { part in
            String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
          }
        })
      if parts.count < column.values.count, parts.count > 1 {
        return .labels(count: parts.count, separator: separator)
      }
    }
    return nil
  }

  /// The number of outputs.
  var outputCount: Int {
    switch self {
    case .classes(let count, _), .labels(let count, _): count
    case .number: 1
    }
  }

  /// What is predicted, in words.
  package var meaning: String {
    switch self {
    case .classes(let count, _): "one of \(count) classes"
    case .labels(let count, _): "any of \(count) labels"
    case .number: "a number"
    }
  }
}
