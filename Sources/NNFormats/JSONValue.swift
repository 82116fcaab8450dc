package import NNCore

/// A JSON document as written: members in their order, numbers with their spelling.
///
/// Stricter than the readers of standard libraries, which read `2.0` as 2 and keep one of two
/// members with the same name: here a duplicate name is an error and a number keeps its spelling.
package enum JSONValue: Hashable, Sendable {
  case object([Member])
  case array([JSONValue])
  case string(String)
  case number(String)
  case boolean(Bool)
  case null

  /// A named value of an object.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: JSONValue
  }

  /// Reads a document (RFC 8259) that may have white space around it.
  ///
  /// Names are compared by their bytes.
  ///
  /// - Throws: `NNError` with the offset of the first unexpected byte, and for more than 64 levels
  ///   or 4 million values.
  package init(parsing bytes: ArraySlice<UInt8>, at place: String) throws(NNError) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .invalid("not UTF-8", at: place)
    }
    var parser = JSONParser(text: Array(bytes), place: place)
    self = try parser.document()
  }

  /// The value of a member of an object.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// An integer ≥ 0 written without sign, fraction or exponent, or nil.
  package var nonNegativeInteger: Int? {
    guard case .number(let digits) = self, digits.utf8.allSatisfy({ 48...57 ~= $0 }) else {
      return nil
    }
    return Int(digits)
  }

  /// A text as a JSON string, with quotes.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "\0"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

private struct JSONParser {
  /// Deeper documents are rejected before they exhaust the stack.
  static let largestDepth = 64
  /// Larger documents are rejected before they exhaust the memory: 16 bytes or more per value.
  static let largestCount = 4_000_000

  let text: [UInt8]
  let place: String
  var position = 0
  var depth = 0
  var count = 0

  init(text: [UInt8], place: String) {
    self.text = text
    self.place = place
  }

  mutating func document() throws(NNError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == text.count else { throw unexpected("the end") }
    return value
  }

  private mutating func value() throws(NNError) -> JSONValue {
    skipSpace()
    count += 1
    guard count <= JSONParser.largestCount else {
      throw .invalid("more than \(JSONParser.largestCount) values", at: place)
    }
    switch next {
    case UInt8(ascii: "{"): return try nested { parser throws(NNError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(NNError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte):
      return .number(try number())
    default:
      for (word, value) in [
        ("true", JSONValue.boolean(true)), ("false", .boolean(false)), ("null", .null),
      ] where text[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw unexpected("a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(NNError) -> JSONValue
  ) throws(NNError) -> JSONValue {
    depth += 1
    guard depth <= JSONParser.largestDepth else { throw unexpected("at most 64 levels") }
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(NNError) -> JSONValue {
    var members: [JSONValue.Member] = []
    // A set pays off for large objects; a file of many tensors has as many small objects.
    var names: Set<ExactName>?
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw unexpected("a name in quotes") }
      let name = try string()
      if members.count == 8 { names = Set(members.map { ExactName($0.name) }) }
      let isNew =
        names?.insert(ExactName(name)).inserted
        ?? !members.contains { ExactName($0.name) == ExactName(name) }
      guard isNew else {
        throw .invalid("the name \"\(name.shortened())\" appears twice", at: place)
      }
      guard take(":") else { throw unexpected("\":\"") }
      members.append(.init(name: name, value: try value()))
    } while take(",")
    guard take("}") else { throw unexpected("\",\" or \"}\"") }
    return .object(members)
  }

  private mutating func array() throws(NNError) -> JSONValue {
    var elements: [JSONValue] = []
    if take("]") { return .array([]) }
    repeat { elements.append(try value()) } while take(",")
    guard take("]") else { throw unexpected("\",\" or \"]\"") }
    return .array(elements)
  }

  private mutating func number() throws(NNError) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(NNError) {
    guard let first = next, isDigit(first) else { throw unexpected("a digit") }
    while let digit = next, isDigit(digit) { position += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }

  private mutating func string() throws(NNError) -> String {
    position += 1
    var units: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw unexpected("no control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        units += try escape().utf8
      } else {
        units.append(byte)
      }
    }
    guard next != nil else { throw unexpected("the end of a string") }
    position += 1
    return String(decoding: units, as: UTF8.self)
  }

  private mutating func escape() throws(NNError) -> String {
    guard let letter = next else { throw unexpected("an escape") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]), text[position...].starts(with: "\\u".utf8) {
        position += 2
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw unexpected("a whole character after \\u")
      }
      return text
    default:
      position -= 1
      throw unexpected("one of \" \\ / b f n r t u after \\")
    }
  }

  private mutating func codeUnit() throws(NNError) -> UInt16 {
    let digits = text[position...].prefix(4)
    guard digits.count == 4, !digits.contains(UInt8(ascii: "+")),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw unexpected("four hexadecimal digits") }
    position += 4
    return unit
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func unexpected(_ expected: String) -> NNError {
    let found =
      next.map { byte in
        0x21...0x7E ~= byte ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
      } ?? "the end"
    return .invalid("expected \(expected) at byte \(position), found \(found)", at: place)
  }
}
