import NNCore
import NNFormats

/// Reads tables with one JSON object per line: its keys are the columns, in the order of their
/// first appearance.
///
/// Numbers keep their spelling; a key that is absent, `null` and an empty text are missing values.
/// Empty lines are skipped.
enum JSONLines {
  /// Reads a whole file.
  ///
  /// - Parameter columns: Columns that exist even if no row has them.
  /// - Throws: `NNError` naming the line of a value that is not an object, or of a nested value.
  static func rows(
    _ bytes: [UInt8], columns known: [String], at path: String
  ) throws(NNError) -> ParsedRows {
    var rows = ParsedRows()
    var columns: [ColumnKey: Int] = [:]
    func column(_ name: String) -> Int {
      let key = ColumnKey(bytes: Array(name.utf8))
      if let known = columns[key] { return known }
      columns[key] = rows.names.count
      rows.addColumn(name)
      return rows.names.count - 1
    }
    for name in known { _ = column(name) }
    var line = 0
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < bytes.count {
      line += 1
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let object = bytes[start..<end]
      start = end + 1
      guard !object.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
      let place = "\(path):\(line)"
      guard case .object(let members) = try value(object, at: place) else {
        throw .invalid(
          "expected an object, such as {\"age\": 31, \"kind\": \"a\"}", at: place,
          hint: "write one object per line; a list of objects: jq -c '.[]' FILE > NEW.jsonl")
      }
      for member in members {
        let index = column(member.name)
        rows.addValue(try text(of: member, at: place).utf8, column: index)
      }
      rows.endRow(line: line)
    }
    return rows
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
