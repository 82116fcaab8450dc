#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A JSON value among a fixture's options.
package enum FixtureOption: Codable, Sendable, Hashable {
  case null
  case boolean(Bool)
  case number(Double)
  case text(String)
  case list([FixtureOption])
  case object([String: FixtureOption])

  /// Decodes whichever value is there.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([FixtureOption].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: FixtureOption].self))
    }
  }

  /// Encodes the value as plain JSON.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .number(let value):
      if let integer = Int(exactly: value) {
        try container.encode(integer)
      } else {
        try container.encode(value)
      }
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The member of an object, or nil.
  package subscript(name: String) -> FixtureOption? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The number, or nil when the value is none.
  package var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  /// The integer, or nil when the value is none.
  package var integer: Int? { number.flatMap { Int(exactly: $0) } }

  /// The Boolean, or nil when the value is none.
  package var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  /// The text, or nil when the value is none.
  package var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// The elements of a list, or nil when the value is none.
  package var list: [FixtureOption]? {
    if case .list(let value) = self { value } else { nil }
  }

  /// The numbers of a list of numbers, or nil when the value is none.
  package var numbers: [Double]? {
    guard let list else { return nil }
    let numbers = list.compactMap(\.number)
    return numbers.count == list.count ? numbers : nil
  }

  /// The name and value of an object with one member, as in `{"sgd": {"lr": 0.1}}`, or of a bare
  /// word, whose value is an empty object.
  package var named: (name: String, options: FixtureOption)? {
    switch self {
    case .text(let name): return (name, .object([:]))
    case .object(let members):
      guard members.count == 1, let member = members.first else { return nil }
      return (member.key, member.value)
    case .null, .boolean, .number, .list: return nil
    }
  }

  /// The value as JSON text, members sorted; JSON is YAML, so a config reader takes it.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding fails for NaN and infinity only, which JSON could not have held.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Reads JSON text.
  package init(json: String) throws {
    self = try JSONDecoder().decode(FixtureOption.self, from: Data(json.utf8))
  }
}
