import NNCore
import NNFormats

/// Reads tables with one JSON object per line: its keys are the columns, in the order of their
/// first appearance.
///
/// Numbers keep their spelling; a key that is absent, `null` and an empty text are missing values.
/// Empty lines are skipped.
struct JSONLines: LineFormat {
  private let path: String
  /// Columns that exist even if no row has them.
  private let known: [String]
  private var columns: [ColumnKey: Int] = [:]

  init(columns known: [String], at path: String) {
    self.known = known
    self.path = path
  }

  var hasAllColumns: Bool { false }

  mutating func begin(_ rows: inout ParsedRows) {
    for name in known { _ = column(name, of: &rows) }
  }

  private mutating func column(_ name: String, of rows: inout ParsedRows) -> Int {
    let key = ColumnKey(bytes: Array(name.utf8))
    if let known = columns[key] { return known }
    columns[key] = rows.names.count
    rows.addColumn(name)
    return rows.names.count - 1
  }

  /// Reads an object.
  ///
  /// - Throws: `NNError` for a value that is not an object, and for a nested value.
  mutating func read(
    _ line: ArraySlice<UInt8>, number: Int, to rows: inout ParsedRows
  ) throws(NNError) {
    guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { return }
    let place = "\(path):\(number)"
    guard case .object(let members) = try Self.value(line, at: place) else {
      throw .invalid(
        "expected an object, such as {\"age\": 31, \"kind\": \"a\"}", at: place,
        hint: "write one object per line; a list of objects: jq -c '.[]' FILE > NEW.jsonl")
    }
    for member in members {
      let index = column(member.name, of: &rows)
      rows.addValue(try Self.text(of: member, at: place).utf8, column: index)
    }
    rows.endRow(line: number)
  }

  /// Names that differ only in their Unicode normalization are different columns.
  private struct ColumnKey: Hashable { let bytes: [UInt8] }

  private static func value(
    _ text: ArraySlice<UInt8>, at place: String
  ) throws(NNError) -> JSONValue {
    do throws(NNError) { return try JSONValue(parsing: text, at: place) } catch {
      guard error.hint == nil else { throw error }
      throw NNError(
        error.kind, error.message, at: error.place, hint: "each line holds one whole JSON object")
    }
  }

  private static func text(
    of member: JSONValue.Member, at place: String
  ) throws(NNError) -> String {
    switch member.value {
    case .string(let text), .number(let text): return text
    case .boolean(let flag): return flag ? "true" : "false"
    case .null: return ""
    case .array, .object:
      let kind = if case .array = member.value { "a list" } else { "an object" }
      let name = member.name.shortened()
      throw .invalid(
        "\"\(name)\" holds \(kind); expected a number, a text, true, false or null", at: place,
        hint: "write its parts as keys of their own, such as \"\(name)_1\"")
    }
  }
}
