import NNFormats

/// Writes values as a JSON document with indentation; what fits one line is on one line.
package enum JSONDocument {
  private static let width = 100

  /// The document, terminated by a line break.
  static func text(_ value: ConfigValue) -> String { block(value, indent: 0) + "\n" }

  /// A value on one line; numbers must be finite.
  package static func line(_ value: ConfigValue) -> String { flow(value) }

  private static func block(_ value: ConfigValue, indent: Int) -> String {
    let line = flow(value)
    guard line.count > width - indent else { return line }
    let margin = String(repeating: " ", count: indent + 2)
    let end = "\n" + String(repeating: " ", count: indent)
    switch value {
    case .list(let items) where !items.isEmpty:
      let lines = items.map { margin + block($0, indent: indent + 2) }
      return "[\n" + lines.joined(separator: ",\n") + end + "]"
    case .mapping(let options) where !options.isEmpty:
      let lines = options.map { option in
        "\(margin)\(JSONValue.quoted(option.name)): \(block(option.value, indent: indent + 2))"
      }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    default: return line
    }
  }

  private static func flow(_ value: ConfigValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
    case .string(let text): JSONValue.quoted(text)
    case .list(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .mapping(let options):
      "{"
        + options.map { "\(JSONValue.quoted($0.name)): \(flow($0.value))" }
        .joined(separator: ", ") + "}"
    }
  }
}
