import NNCore
package import NNData

/// What a starting config makes of a column.
package struct StarterColumn: Sendable {
  /// The column's role.
  package enum Role: Sendable, Hashable {
    case input
    /// Its texts are the network's only input.
    case text
    case target
    /// Left out, with the reason.
    case excluded(String)
  }

  /// What the column holds.
  package let column: TableSurvey.Column
  package let role: Role
  /// The options of an input.
  let options: ColumnOptions
  /// The number of inputs that it becomes.
  let inputCount: Int

  /// What the column becomes, in words.
  package var inputSummary: String {
    if role == .text { return "the network's input: words" }
    var parts = [inputCount == 1 ? "1 input" : "\(inputCount) inputs"]
    if options.type == .category { parts.append("one per category") }
    if options.type == .date { parts.append("trend and angles of the calendar") }
    if options.scale == .log { parts.append("logarithm") }
    if options.missing != .error { parts.append("missing: \(options.missing.word)") }
    return parts.joined(separator: ", ")
  }

  /// Decides on a column that is not the target.
  init(_ column: TableSurvey.Column, rowCount: Int) {
    self.column = column
    var options = ColumnOptions()
    var inputCount = 1
    var reason: String?
    let isRare = column.missingCount * Self.indicatorShare < rowCount
    if !column.hasOwnName, Int(column.name) != column.index {
      reason = "a second column of this name"
    } else if let type = column.type, column.count > 0 {
      if column.values.count == 1, column.missingCount == 0 {
        reason = "always \(column.values.keys.first?.shortened(to: 20) ?? "")"
      } else if Self.isIdentifier(column) {
        reason = "an id: each row has another one"
      } else {
        switch type {
        case .number, .integer:
          options.missing = column.missingCount == 0 ? .error : isRare ? .median : .indicator
          // A long tail would leave most scaled numbers next to 0.
          if column.smallest >= 0, column.largest > Self.tail * column.mean { options.scale = .log }
        case .boolean:
          options.type = .boolean
          options.missing = column.missingCount == 0 ? .error : .indicator
        case .date:
          options.type = .date
          options.order = column.order
          options.missing = column.missingCount == 0 ? .error : .median
          inputCount = 7
        case .category:
          options.type = .category
          options.missing = column.missingCount == 0 ? .error : .indicator
          inputCount = column.values.count
        case .text:
          reason =
            column.numberCount > 0 ? "numbers and texts" : "texts that hardly repeat"
        }
      }
    } else {
      reason = "no row has a value"
    }
    if options.missing == .indicator { inputCount += 1 }
    role = reason.map(Role.excluded) ?? .input
    self.options = options
    self.inputCount = reason == nil ? inputCount : 0
  }

  /// A column whose role is known, with the standard options.
  init(_ column: TableSurvey.Column, role: Role) {
    self.column = column
    self.role = role
    options = ColumnOptions()
    inputCount = role == .input || role == .text ? 1 : 0
  }

  /// The smallest share of missing values that get a column of their own is one in this many.
  private static let indicatorShare = 20
  /// A largest number this many times the mean is a long tail.
  private static let tail = 50.0

  /// Whether a column numbers or names its rows.
  static func isIdentifier(_ column: TableSurvey.Column) -> Bool {
    guard column.isUnique, column.count > 2, column.type == .integer || column.textCount > 0,
      column.type != .date
    else { return false }
    let name = column.name.lowercased()
    let isNamed =
      ["id", "key", "uuid", "index", "row", "rownames", "unnamed: 0", ""].contains(name)
      || ["_id", " id", "-id", "id_", "_key", "_no"].contains {
        name.hasSuffix($0) || name.hasPrefix($0)
      } || column.name.hasSuffix("Id") || column.name.hasSuffix("ID")
    return isNamed || column.isCounting && column.numberCount > 2
  }
}
