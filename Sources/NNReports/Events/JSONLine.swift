import NNFormats
package import NNTraining

/// A JSON object on one line, its members in the order in which they were added.
package struct JSONLine {
  private var members: [String] = []
  /// What follows commas and colons.
  private let space: String

  /// An object without members.
  ///
  /// - Parameter isCompact: Whether to write no spaces, for the pages' many small messages.
  package init(isCompact: Bool = false) { space = isCompact ? "" : " " }

  /// Adds a text.
  package mutating func add(_ name: String, _ text: String) {
    put(name, JSONValue.quoted(text))
  }

  /// Adds an integer.
  package mutating func add(_ name: String, _ number: Int) {
    put(name, "\(number)")
  }

  /// Adds a Boolean.
  package mutating func add(_ name: String, _ flag: Bool) {
    put(name, "\(flag)")
  }

  /// Adds a number that reads back exactly; `null` for nil, NaN and infinities.
  package mutating func add(_ name: String, _ number: Double?) {
    put(name, Self.text(number))
  }

  /// Adds an object of named numbers.
  package mutating func add(_ name: String, _ figures: [(name: String, value: Double)]) {
    var inner = JSONLine(isCompact: space.isEmpty)
    for figure in figures { inner.add(figure.name, figure.value) }
    put(name, inner.text)
  }

  /// Adds a number given as text; `null` for NaN and infinities.
  package mutating func add(_ name: String, number: String) {
    put(name, Double(number)?.isFinite == true ? number : "null")
  }

  /// Adds a list of numbers given as texts; `null` for NaN and infinities.
  package mutating func add(_ name: String, numbers: [String]) {
    add(name, elements: numbers.map { Double($0)?.isFinite == true ? $0 : "null" })
  }

  /// Adds a list of numbers that read back exactly; `null` for NaN and infinities.
  package mutating func add(_ name: String, numbers: [Double]) {
    add(name, elements: numbers.map(Self.text))
  }

  /// Adds an object.
  package mutating func add(_ name: String, _ object: JSONLine) {
    put(name, object.text)
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
    add(name, elements: rows.map { list($0.map(String.init)) })
  }

  /// Adds an integer, or `null`.
  package mutating func add(_ name: String, integer: Int?) {
    put(name, integer.map(String.init) ?? "null")
  }

  /// Adds a text, or `null`.
  package mutating func add(_ name: String, text: String?) {
    put(name, text.map(JSONValue.quoted) ?? "null")
  }

  /// Adds a value of a config: mappings become objects, lists become arrays.
  package mutating func add(_ name: String, _ value: ConfigValue) {
    put(name, text(value))
  }

  private mutating func add(_ name: String, elements: [String]) {
    put(name, list(elements))
  }

  private mutating func put(_ name: String, _ value: String) {
    members.append("\(JSONValue.quoted(name)):\(space)\(value)")
  }

  private func list(_ elements: [String]) -> String {
    "[" + elements.joined(separator: "," + space) + "]"
  }

  private func text(_ value: ConfigValue) -> String {
    switch value {
    case .null: return "null"
    case .bool(let flag): return "\(flag)"
    case .integer(let number): return "\(number)"
    case .number(let number): return Self.text(number)
    case .string(let text): return JSONValue.quoted(text)
    case .list(let items): return list(items.map(text))
    case .mapping(let options):
      var object = JSONLine(isCompact: space.isEmpty)
      for option in options { object.add(option.name, option.value) }
      return object.text
    }
  }

  /// The object.
  package var text: String { "{" + members.joined(separator: "," + space) + "}" }

  private static func text(_ number: Double?) -> String {
    number.flatMap { $0.isFinite ? "\($0)" : nil } ?? "null"
  }
}
