/// Writes values as YAML with the same meaning in YAML 1.1 and 1.2.
///
/// Collections of the first two levels are written in block style; deeper ones in flow style if
/// they fit one line.
enum YAMLWriter {
  private static let width = 100

  /// The text of a mapping, one or more lines per option, each line terminated.
  static func text(_ options: [ConfigOption]) -> String {
    block(.mapping(options), indent: 0, depth: 0).joined(separator: "\n") + "\n"
  }

  /// A value on one line.
  static func inline(_ value: ConfigValue) -> String { flow(value) }

  /// The lines of a value, without the indent of the first.
  private static func block(_ value: ConfigValue, indent: Int, depth: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    switch value {
    case .mapping(let options) where !options.isEmpty:
      return options.enumerated().flatMap { index, option -> [String] in
        let key = scalar(option.name) + ":"
        let lead = index == 0 ? key : margin + key
        if let flat = flowing(option.value, room: width - indent - key.count - 1, depth: depth + 1)
        {
          return ["\(lead) \(flat)"]
        }
        let inner = block(option.value, indent: indent + 2, depth: depth + 1)
        return [lead, "\(margin)  \(inner[0])"] + inner.dropFirst()
      }
    case .list(let items) where !items.isEmpty:
      return items.enumerated().flatMap { index, item -> [String] in
        let lead = index == 0 ? "- " : margin + "- "
        let isPair = if case .mapping(let options) = item { options.count == 1 } else { false }
        // `- relu: {}` reads better than `- {relu: {}}`.
        if !isPair, let flat = flowing(item, room: width - indent - 2, depth: depth + 1) {
          return [lead + flat]
        }
        let inner = block(item, indent: indent + 2, depth: depth + 1)
        return [lead + inner[0]] + inner.dropFirst()
      }
    default:
      return [flow(value)]
    }
  }

  /// The value on one line, if flow style is allowed and it fits.
  private static func flowing(_ value: ConfigValue, room: Int, depth: Int) -> String? {
    switch value {
    case .mapping(let options) where !options.isEmpty && depth < 2: return nil
    case .list(let items) where !items.isEmpty && depth < 2: return nil
    case .mapping, .list:
      let text = flow(value)
      return text.count <= room ? text : nil
    default: return flow(value)
    }
  }

  private static func flow(_ value: ConfigValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let number): Self.number(number)
    case .string(let text): scalar(text)
    case .list(let items): "[\(items.map(flow).joined(separator: ", "))]"
    case .mapping(let options):
      "{\(options.map { "\(scalar($0.name)): \(flow($0.value))" }.joined(separator: ", "))}"
    }
  }

  /// The shortest text that reads back to the same number; with a point, since YAML 1.1 reads
  /// `1e-08` as a text.
  private static func number(_ number: Double) -> String {
    if number.isNaN { return ".nan" }
    if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
    let text = "\(number)"
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// Words that YAML 1.1 reads as Booleans.
  private static let booleanWords: Set<String> = ["yes", "no", "on", "off", "y", "n"]

  /// A text: plain if every reader reads it as that text, otherwise in double quotes.
  private static func scalar(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy { letter in
      letter.isASCII
        && (letter.properties.isAlphabetic || ("0"..."9").contains(letter)
          || "_-./+".unicodeScalars.contains(letter))
    }
    let startsSafely =
      text.unicodeScalars.first.map {
        $0.isASCII && $0.properties.isAlphabetic || $0 == "/" || $0 == "_"
      } ?? false
    if plain, startsSafely, ScalarValue.resolving(plain: text) == .string(text),
      !booleanWords.contains(text.lowercased())
    {
      return text
    }
    return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  private static func escaped(_ letter: Unicode.Scalar) -> String {
    switch letter {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    case _
    where letter.value < 0x20 || (0x7F...0x9F).contains(letter.value)
      || letter.value == 0x2028 || letter.value == 0x2029 || letter.value == 0xFEFF:
      let digits = String(letter.value, radix: 16, uppercase: true)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: return String(letter)
    }
  }
}
