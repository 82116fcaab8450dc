/// The attributes of an op by name, in the order in which they are printed and exported.
package struct Attributes: Sendable, Hashable {
  /// An attribute's value.
  package enum Value: Sendable, Hashable {
    case bool(Bool)
    case int(Int)
    case ints([Int])
    case double(Double)
    case string(String)
  }

  package struct Entry: Sendable, Hashable {
    package let name: String
    package let value: Value
  }

  package let entries: [Entry]

  /// Concatenates attributes.
  package static func + (left: Attributes, right: Attributes) -> Attributes {
    Attributes(entries: left.entries + right.entries)
  }

  /// An attribute's value; nil if there is none of that name.
  package subscript(name: String) -> Value? { entries.first { $0.name == name }?.value }

  private init(entries: [Entry]) { self.entries = entries }
}

extension Attributes: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, Value)...) {
    entries = elements.map { Entry(name: $0, value: $1) }
  }
}

extension Attributes: CustomStringConvertible {
  /// `axis=1, keepDimensions`: flags are listed where they are true.
  package var description: String {
    entries.compactMap { entry in
      switch entry.value {
      case .bool(let flag): flag ? entry.name : nil
      case .int(let number): "\(entry.name)=\(number)"
      case .ints(let numbers) where numbers.count > 8: "\(entry.name)=(\(numbers.count))"
      case .ints(let numbers): "\(entry.name)=\(numbers)"
      case .double(let number): "\(entry.name)=\(number)"
      case .string(let text): "\(entry.name)=\(text)"
      }
    }.joined(separator: ", ")
  }
}
