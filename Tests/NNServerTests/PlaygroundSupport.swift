import NNServer
import NeuralNet
import Testing

/// A frame of the playground, parsed as by a page.
struct Frame {
  let header: JSONValue
  /// The bytes after the header.
  let body: [UInt8]

  init(_ bytes: [UInt8]) throws {
    try #require(bytes.count >= 4)
    let length = bytes[..<4].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    try #require(length % 4 == 0 && bytes.count >= 4 + length)
    header = try JSONValue(parsing: bytes[4..<4 + length], at: "header")
    body = Array(bytes[(4 + length)...])
  }

  /// float32 numbers at the beginning of the body.
  func floats(_ count: Int, from start: Int = 0) -> [Float] {
    (0..<count).map { index in
      let position = 4 * (start + index)
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(body[position + $1]) << (8 * UInt32($1)) }
      return Float(bitPattern: bits)
    }
  }

  func integer(_ name: String) throws -> Int { try #require(header[name]?.nonNegativeInteger) }

  func number(_ names: String...) throws -> Double {
    let value = try names.reduce(header) { try #require($0[$1]) }
    guard case .number(let text) = value else { return .nan }
    return try #require(Double(text))
  }

  func numbers(_ name: String) throws -> [Double] {
    guard case .array(let items) = try #require(header[name]) else { return [] }
    return items.compactMap { if case .number(let text) = $0 { Double(text) } else { nil } }
  }

  func text(_ name: String) throws -> String {
    guard case .string(let text) = try #require(header[name]) else { return "" }
    return text
  }

  func texts(_ names: String...) throws -> [String] {
    let value = try names.reduce(header) { try #require($0[$1]) }
    guard case .array(let items) = value else { return [] }
    return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}

extension PlaygroundSettings {
  /// The default settings with some changes.
  init(_ change: (inout PlaygroundSettings) -> Void) {
    self.init()
    change(&self)
  }

  /// A table of two clouds with words for classes.
  static func table(_ lines: [String], header: String = "width,height,kind\n") -> String {
    header + lines.joined(separator: "\n") + "\n"
  }

  static let pets = table(
    (0..<24).map { row in
      let shift = row % 2 == 0 ? 0.0 : 3.0
      return "\(100 + shift + Double(row) / 8),\(Double(row * 7 % 11) / 5),"
        + (row % 2 == 0 ? "cat" : "\"a, \"\"dog\"\"\"")
    })
}

/// A network of the playground.
func network(_ change: (inout PlaygroundSettings) -> Void = { _ in }) throws -> PlaygroundNetwork {
  try PlaygroundNetwork(PlaygroundExperiment(PlaygroundSettings(change)))
}
