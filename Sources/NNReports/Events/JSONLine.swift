import NNFormats

/// A JSON object on one line, its members in the order in which they were added.
package struct JSONLine {
  private var members: [String] = []

  /// An object without members.
  package init() {}

  /// Adds a text.
  package mutating func add(_ name: String, _ text: String) {
    members.append("\(JSONValue.quoted(name)): \(JSONValue.quoted(text))")
  }

  /// Adds a whole number.
  package mutating func add(_ name: String, _ number: Int) {
    members.append("\(JSONValue.quoted(name)): \(number)")
  }

  /// Adds a truth value.
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

  /// Adds a number that is a text already; `null` for NaN and infinities.
  package mutating func add(_ name: String, number: String) {
    members.append(
      "\(JSONValue.quoted(name)): \(Double(number)?.isFinite == true ? number : "null")")
  }

  /// Adds a list of numbers that are texts already; `null` for NaN and infinities.
  package mutating func add(_ name: String, numbers: [String]) {
    let valid = numbers.map { Double($0)?.isFinite == true ? $0 : "null" }
    members.append("\(JSONValue.quoted(name)): [\(valid.joined(separator: ", "))]")
  }

  /// The object.
  package var text: String { "{" + members.joined(separator: ", ") + "}" }

  private static func text(_ number: Double?) -> String {
    number.flatMap { $0.isFinite ? "\($0)" : nil } ?? "null"
  }
}
