import NNFormats

/// A JSON object as text, its members in the order in which they were added.
struct JSONText {
  private var members: [String] = []

  /// Adds a text.
  mutating func add(_ name: String, _ text: String) { put(name, JSONValue.quoted(text)) }

  /// Adds an integer.
  mutating func add(_ name: String, _ number: Int) { put(name, "\(number)") }

  /// Adds a Boolean.
  mutating func add(_ name: String, _ flag: Bool) { put(name, "\(flag)") }

  /// Adds a number that reads back exactly; `null` for NaN and infinities.
  mutating func add(_ name: String, _ number: Double) { put(name, Self.text(number)) }

  /// Adds an object.
  mutating func add(_ name: String, _ object: JSONText) { put(name, object.text) }

  /// Adds a list of objects.
  mutating func add(_ name: String, objects: [JSONText]) { put(name, list: objects.map(\.text)) }

  /// Adds a list of texts.
  mutating func add(_ name: String, texts: [String]) {
    put(name, list: texts.map(JSONValue.quoted))
  }

  /// Adds a list of integers.
  mutating func add(_ name: String, integers: [Int]) { put(name, list: integers.map { "\($0)" }) }

  /// Adds a list of numbers; `null` for NaN and infinities.
  mutating func add(_ name: String, numbers: [Double]) { put(name, list: numbers.map(Self.text)) }

  /// The object.
  var text: String { "{" + members.joined(separator: ",") + "}" }

  private mutating func put(_ name: String, _ value: String) {
    members.append("\(JSONValue.quoted(name)):\(value)")
  }

  private mutating func put(_ name: String, list: [String]) {
    put(name, "[\(list.joined(separator: ","))]")
  }

  private static func text(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }
}
