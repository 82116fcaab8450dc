import NNFormats
package import NNTraining

/// A JSON object on one line, its members in the order in which they were added.
package struct JSONLine {
  private var members: [String] = []

  /// An object without members.
  package init() {}

  /// Adds a text.
  package mutating func add(_ name: String, _ text: String) {
    members.append("\(JSONValue.quoted(name)): \(JSONValue.quoted(text))")
  }

  /// Adds an integer.
  package mutating func add(_ name: String, _ number: Int) {
    members.append("\(JSONValue.quoted(name)): \(number)")
  }

  /// Adds a Boolean.
  package mutating func add(_ name: String, _ flag: Bool) {
    members.append("\(JSONValue.quoted(name)): \(flag)")
  }

  /// Adds a number that reads back exactly; `null` for nil, NaN and infinities.
  package mutating func add(_ name: String, _ number: Double?) {
    members.append("\(JSONValue.quoted(name)): \(Self.text(number))")
  }

  /// Adds an object of named numbers.
  package mutating func add(_ name: String, _ figures: [(name: String, value: Double)]) {
    var inner = JSONLine()
    for figure in figures { inner.add(figure.name, figure.value) }
    members.append("\(JSONValue.quoted(name)): \(inner.text)")
  }

  /// Adds a number given as text; `null` for NaN and infinities.
  package mutating func add(_ name: String, number: String) {
    members.append(
      "\(JSONValue.quoted(name)): \(Double(number)?.isFinite == true ? number : "null")")
  }

  /// Adds a list of numbers given as texts; `null` for NaN and infinities.
  package mutating func add(_ name: String, numbers: [String]) {
    let valid = numbers.map { Double($0)?.isFinite == true ? $0 : "null" }
    members.append("\(JSONValue.quoted(name)): [\(valid.joined(separator: ", "))]")
  }

  /// Adds an object.
  package mutating func add(_ name: String, _ object: JSONLine) {
    members.append("\(JSONValue.quoted(name)): \(object.text)")
  }

  /// Adds a list of objects.
  package mutating func add(_ name: String, _ objects: [JSONLine]) {
    add(name, elements: objects.map(\.text))
  }

  /// Adds a list of texts.
  package mutating func add(_ name: String, _ texts: [String]) {
    add(name, elements: texts.map(JSONValue.quoted))
  }

  /// Adds a list of integers, such as a shape.
  package mutating func add(_ name: String, _ integers: [Int]) {
    add(name, elements: integers.map(String.init))
  }

  /// Adds a matrix of integers, row by row.
  package mutating func add(_ name: String, _ rows: [[Int]]) {
    let texts = rows.map { "[" + $0.map(String.init).joined(separator: ", ") + "]" }
    add(name, elements: texts)
  }

  /// Adds an integer, or `null`.
  package mutating func add(_ name: String, integer: Int?) {
    members.append("\(JSONValue.quoted(name)): \(integer.map(String.init) ?? "null")")
  }

  /// Adds a text, or `null`.
  package mutating func add(_ name: String, text: String?) {
    members.append("\(JSONValue.quoted(name)): \(text.map(JSONValue.quoted) ?? "null")")
  }

  /// Adds a value of a config: mappings become objects, lists become arrays.
  package mutating func add(_ name: String, _ value: ConfigValue) {
    members.append("\(JSONValue.quoted(name)): \(Self.text(value))")
  }

  private mutating func add(_ name: String, elements: [String]) {
    members.append("\(JSONValue.quoted(name)): [\(elements.joined(separator: ", "))]")
  }

  private static func text(_ value: ConfigValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let flag): return "\(flag)"
    case .integer(let number): return "\(number)"
    case .number(let number): return text(number)
    case .string(let text): return JSONValue.quoted(text)
    case .list(let items): return "[" + items.map(text).joined(separator: ", ") + "]"
    case .mapping(let options):
      var object = JSONLine()
      for option in options { object.add(option.name, option.value) }
      return object.text
    }
  }

  /// The object.
  package var text: String { "{" + members.joined(separator: ", ") + "}" }

  private static func text(_ number: Double?) -> String {
    number.flatMap { $0.isFinite ? "\($0)" : nil } ?? "null"
  }
}
