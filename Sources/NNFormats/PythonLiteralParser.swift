import NNCore

/// Parses the Python expression in an NPY header: a dictionary from strings to strings, Booleans
/// and tuples of integers.
struct PythonLiteralParser {
  /// A value in the dictionary.
  enum Value: Hashable {
    case string(String)
    case boolean(Bool)
    case tuple([Int])
    /// Any other bracketed expression: valid Python, but not valid in a header.
    case other
  }
  typealias Fields = [String: Value]

  private let text: [UInt8]
  private var position = 0

  init(text: [UInt8]) { self.text = text }

  /// Reads the whole text as a dictionary.
  mutating func dictionary() throws(NNError) -> Fields {
    var fields: Fields = [:]
    guard take("{") else { throw unexpected("\"{\"") }
    while !take("}") {
      skipSpace()
      let key = try string()
      guard take(":") else { throw unexpected("\":\"") }
      guard fields.updateValue(try value(), forKey: key) == nil else {
        throw .invalid("the header has '\(key)' twice")
      }
      guard take(",") || peek == UInt8(ascii: "}") else { throw unexpected("\",\" or \"}\"") }
    }
    skipSpace()
    guard position == text.count else { throw unexpected("the end") }
    return fields
  }

  private mutating func value() throws(NNError) -> Value {
    skipSpace()
    switch peek {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "("): return try tuple()
    case UInt8(ascii: "["): return try brackets()
    default:
      for (word, value) in [("True", true), ("False", false)]
      where text[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return .boolean(value)
      }
      throw unexpected("a value")
    }
  }

  private mutating func string() throws(NNError) -> String {
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw unexpected("a text in quotes")
    }
    let start = position + 1
    guard let end = text[start...].firstIndex(of: quote) else {
      throw unexpected("a closing quote")
    }
    position = end + 1
    return String(decoding: text[start..<end], as: UTF8.self)
  }

  private mutating func tuple() throws(NNError) -> Value {
    position += 1
    var numbers: [Int] = []
    var hasComma = false
    while !take(")") {
      skipSpace()
      let digits = text[position...].prefix { 48...57 ~= $0 }
      guard !digits.isEmpty, let number = Int(String(decoding: digits, as: UTF8.self)) else {
        throw .invalid("shape is not a tuple of integers ≥ 0")
      }
      position += digits.count
      // Python 2 wrote long integers as 3L.
      if peek == UInt8(ascii: "L") { position += 1 }
      numbers.append(number)
      if take(",") {
        hasComma = true
      } else if peek != UInt8(ascii: ")") {
        throw unexpected("\",\" or \")\"")
      }
    }
    // (3) is a number in brackets, not a tuple.
    return numbers.count == 1 && !hasComma ? .other : .tuple(numbers)
  }

  /// Skips a list, nested ones included.
  private mutating func brackets() throws(NNError) -> Value {
    var depth = 0
    repeat {
      guard let byte = peek else { throw unexpected("\"]\"") }
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
      position += 1
    } while depth > 0
    return .other
  }

  private var peek: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func unexpected(_ expected: String) -> NNError {
    .invalid("the header is no Python dictionary: expected \(expected) at byte \(position)")
  }
}
