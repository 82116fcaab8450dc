import NNCore
import NNGraph

/// A kind of option value: the values a config may have there, and the Swift value that results.
///
/// Kinds can be combined (`.list(.integer(1...))`), so that a registry row states concisely what it
/// accepts.
package struct OptionKind<Value> {
  /// The expected value, for messages: `an integer ≥ 1`.
  let expectation: String
  /// The value used after a problem was reported, so that reading can continue.
  let placeholder: Value
  /// Returns the value of a node, or nil after reporting a problem.
  let parse: (ConfigNode, OptionPlace) -> Value?
  /// Encodes the value for the resolved config; reads back to the same value.
  let encode: (Value) -> ConfigValue
  /// The accepted values, for the JSON Schema.
  let schema: () -> ValueSchema
  /// The options inside, if the value may be a mapping.
  let nested: () -> [OptionDescription]

  init(
    expectation: String, schema: @autoclosure @escaping () -> ValueSchema,
    nested: @autoclosure @escaping () -> [OptionDescription] = [], placeholder: Value,
    parse: @escaping (ConfigNode, OptionPlace) -> Value?,
    encode: @escaping (Value) -> ConfigValue
  ) {
    self.expectation = expectation
    self.schema = schema
    self.nested = nested
    self.placeholder = placeholder
    self.parse = parse
    self.encode = encode
  }
}

/// The context for reporting a problem with an option.
package struct OptionPlace {
  /// The option's name.
  let name: String
  let context: ReadingContext

  /// Reports that the option has an unexpected value.
  func mismatch(_ node: ConfigNode, expects expectation: String, hint: String? = nil) {
    context.problems.report(
      "`\(name)` expects \(expectation), gets \(node.summary)", at: node.position, hint: hint)
  }
}

extension OptionKind {
  /// A kind whose values either match as a whole or do not.
  init(
    expects expectation: String, schema: @autoclosure @escaping () -> ValueSchema,
    placeholder: Value,
    encode: @escaping (Value) -> ConfigValue,
    match: @escaping (ConfigNode) -> Value?
  ) {
    self.init(
      expectation: expectation, schema: schema(), placeholder: placeholder,
      parse: { node, place in
        if let value = match(node) { return value }
        place.mismatch(node, expects: expectation)
        return nil
      }, encode: encode)
  }

  /// Decodes a resolved option.
  ///
  /// - Throws: `NNError` for a value that the kind does not accept, which only a config changed by
  ///   a program can contain.
  func resolved(
    _ value: ConfigValue, as name: String, part: DataPart = .training
  ) throws(NNError) -> Value {
    let source = "the config"
    let problems = ConfigProblems()
    let context = ReadingContext(problems: problems, part: part)
    let parsed = parse(
      ConfigNode(value: value, at: ConfigPosition(source: source)),
      OptionPlace(name: name, context: context))
    try problems.throwIfAny(in: source)
    return parsed ?? placeholder
  }

  /// The same kind, read in a changed context.
  func within(_ change: @escaping (inout ReadingContext) -> Void) -> Self {
    within { context, _ in change(&context) }
  }

  /// The same kind, read in a context that depends on the value's node.
  func within(_ change: @escaping (inout ReadingContext, ConfigNode) -> Void) -> Self {
    Self(
      expectation: expectation, schema: schema(), nested: nested(), placeholder: placeholder,
      parse: { node, place in
        var context = place.context
        change(&context, node)
        return parse(node, OptionPlace(name: place.name, context: context))
      }, encode: encode)
  }

  /// The same values, or null for nil.
  var orNull: OptionKind<Value?> {
    OptionKind<Value?>(
      expectation: "\(expectation) or null", schema: .either(schema(), .words(["none"]), .null),
      nested: nested(), placeholder: nil,
      parse: { node, place in
        if node.isNull || node.scalar?.text == "none" { return .some(nil) }
        return parse(node, place).map(Optional.some)
      }, encode: { $0.map(encode) ?? .null })
  }
}

extension OptionKind where Value == Bool {
  /// `true` or `false`.
  static var bool: Self {
    Self(
      expects: "true or false", schema: .boolean, placeholder: false, encode: ConfigValue.bool
    ) { node in
      guard case .bool(let flag) = node.scalar?.value else { return nil }
      return flag
    }
  }
}

/// Upper bounds of options, so that quantities computed from a few of them fit 64 bits.
package enum OptionBound {
  /// For sizes and counts.
  package static let count = 1 << 40
  /// For kernels, strides, paddings and dilations, axes and labels.
  package static let small = Int(Int32.max)
  /// For the layers of a network; planning time grows with its square.
  package static let layers = 1000
  /// For epochs.
  package static let epochs = 1_000_000_000
}

extension OptionKind where Value == Int {
  /// An integer within bounds.
  static func integer(_ bounds: ClosedRange<Int>) -> Self {
    integer(
      bounds, expects: "an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
  }

  /// An integer with a lower bound, and a large upper bound that is rarely reached.
  static func integer(
    _ bounds: PartialRangeFrom<Int>, atMost largest: Int = OptionBound.count
  ) -> Self {
    integer(
      bounds.lowerBound...largest, expects: "an integer ≥ \(bounds.lowerBound)")
  }

  /// A class label or ignored label: a 32-bit integer.
  static var label: Self { integer(Int(Int32.min)...Int(Int32.max)) }

  /// A random seed: a non-negative integer.
  static var seed: Self { integer(0...Int.max, expects: "an integer ≥ 0") }

  /// Any 32-bit integer.
  static var integer: Self {
    integer(-OptionBound.small - 1...OptionBound.small, expects: "an integer")
  }

  /// Messages mention a large upper bound only if it is exceeded.
  private static func integer(_ bounds: ClosedRange<Int>, expects expectation: String) -> Self {
    Self(
      expectation: expectation, schema: .integer(bounds),
      placeholder: max(bounds.lowerBound, min(1, bounds.upperBound)),
      parse: { node, place in
        let number: Double
        switch node.scalar?.value {
        case .integer(let value) where bounds.contains(value): return value
        case .integer(let value): number = Double(value)
        case .number(let value):
          if let integer = Int(exactly: value), bounds.contains(integer) { return integer }
          number = value
        default: number = .nan
        }
        let isBeyondHiddenBound =
          number > Double(bounds.upperBound)
          || bounds.lowerBound < -1 && number < Double(bounds.lowerBound)
        place.mismatch(
          node,
          expects: isBeyondHiddenBound
            ? "an integer from \(bounds.lowerBound) to \(bounds.upperBound)" : expectation)
        return nil
      }, encode: ConfigValue.integer)
  }
}

/// The numbers that an option accepts; never NaN or infinity.
package enum NumberBounds: Sendable {
  case any
  case positive
  case nonNegative
  /// From 0 to 1, inclusive.
  case probability
  /// From 0, inclusive, to 1, exclusive.
  case belowOne
  /// Between 0 and 1, exclusive.
  case betweenZeroAndOne
  /// From 0, exclusive, to 1, inclusive.
  case fraction

  var expectation: String {
    switch self {
    case .any: "a number"
    case .positive: "a number > 0"
    case .nonNegative: "a number ≥ 0"
    case .probability: "a number from 0 to 1"
    case .belowOne: "a number ≥ 0 and < 1"
    case .betweenZeroAndOne: "a number > 0 and < 1"
    case .fraction: "a number > 0 and ≤ 1"
    }
  }

  func contains(_ number: Double) -> Bool {
    guard number.isFinite else { return false }
    return switch self {
    case .any: true
    case .positive: number > 0
    case .nonNegative: number >= 0
    case .probability: number >= 0 && number <= 1
    case .belowOne: number >= 0 && number < 1
    case .betweenZeroAndOne: number > 0 && number < 1
    case .fraction: number > 0 && number <= 1
    }
  }
}

extension OptionKind where Value == Double {
  /// A number within bounds; integers are accepted.
  static func number(_ bounds: NumberBounds = .any) -> Self {
    Self(
      expects: bounds.expectation, schema: .number(bounds), placeholder: 0.5,
      encode: ConfigValue.number
    ) { node in
      let number: Double? =
        switch node.scalar?.value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
      return number.flatMap { bounds.contains($0) ? $0 : nil }
    }
  }
}

extension OptionKind where Value == String {
  /// A text; numbers and Booleans are accepted as the text that was written.
  static func text(_ expectation: String = "a text") -> Self {
    Self(
      expects: expectation, schema: .text, placeholder: "", encode: ConfigValue.string
    ) { node in
      node.scalar.flatMap { $0.text.isEmpty ? nil : $0.text }
    }
  }
}

extension OptionKind where Value: Equatable {
  /// One of several words. Messages list only the first of several words for one value.
  static func choice(_ words: [(key: String, value: Value)]) -> Self {
    let list = words.enumerated().filter { index, word in
      !words[..<index].contains { $0.value == word.value }
    }.map { "`\($0.element.key)`" }
    let expectation =
      list.count < 2
      ? list.joined() : "\(list.dropLast().joined(separator: ", ")) or \(list[list.count - 1])"
    precondition(!words.isEmpty, "a choice needs words")
    return OptionKind(
      expectation: expectation, schema: .words(words.map(\.key)), placeholder: words[0].value,
      parse: { node, place in
        if let value = words.first(where: { $0.key == node.scalar?.text })?.value { return value }
        let nearest = node.scalar.flatMap {
          Suggestion.nearest(to: $0.text, in: words.map(\.key))
        }
        place.mismatch(
          node, expects: expectation, hint: nearest.map { "did you mean `\($0)`?" })
        return nil
      },
      encode: { value in
        words.first { $0.value == value }.map { .string($0.key) } ?? .null
      })
  }
}

extension OptionKind where Value == String {
  /// One of several words, decoded as itself.
  static func word(_ words: String...) -> Self { choice(words.map { ($0, $0) }) }
}

extension OptionKind {

  /// A list of values of one kind; a single value is a list of one.
  static func list<Element>(
    _ element: OptionKind<Element>, count allowed: ClosedRange<Int> = 1...Int.max
  ) -> Self where Value == [Element] {
    let expectation =
      allowed == 2...2
      ? "a list of two, each \(element.expectation)"
      : "\(element.expectation), or a list of such"
    return Self(
      expectation: expectation,
      schema: allowed.contains(1)
        ? .either(element.schema(), .list(of: element.schema(), count: allowed))
        : .list(of: element.schema(), count: allowed),
      nested: element.nested(),
      placeholder: Array(repeating: element.placeholder, count: allowed.lowerBound),
      parse: { node, place in
        let items = node.items ?? [node]
        guard allowed.contains(items.count) else {
          place.mismatch(node, expects: expectation)
          return nil
        }
        let values = items.compactMap { element.parse($0, place) }
        return values.count == items.count ? values : nil
      }, encode: { .list($0.map(element.encode)) })
  }
}

extension OptionKind where Value == Size2D {
  /// One integer for both axes, or a list of height and width.
  static func heightAndWidth(_ bounds: PartialRangeFrom<Int>) -> Self {
    let expectation = "an integer ≥ \(bounds.lowerBound), or [height, width]"
    let range = bounds.lowerBound...OptionBound.small
    return Self(
      expects: expectation,
      schema: .either(.integer(range), .list(of: .integer(range), count: 2...2)), placeholder: 1,
      encode: { pair in
        pair.height == pair.width
          ? .integer(pair.height) : .list([.integer(pair.height), .integer(pair.width)])
      },
      match: { node in
        func integer(_ node: ConfigNode) -> Int? {
          guard case .integer(let value) = node.scalar?.value, range.contains(value) else {
            return nil
          }
          return value
        }
        guard let items = node.items else { return integer(node).map { Size2D($0) } }
        let values = items.compactMap(integer)
        guard items.count == 2, values.count == 2 else { return nil }
        return Size2D(height: values[0], width: values[1])
      })
  }
}
