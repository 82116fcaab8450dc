import NNCore
import NNGraph

/// A kind of option value: what a config may hold there, and the Swift value it becomes.
///
/// Kinds compose (`.list(.integer(1...))`), so that a registry row says in one word what it
/// takes.
package struct OptionKind<Value> {
  /// What a config must hold, for messages: `an integer ≥ 1`.
  let expectation: String
  /// Stands for the value after a problem was reported, so that reading can go on.
  let placeholder: Value
  /// The value of a node, or nil after reporting what is wrong with it.
  let parse: (ConfigNode, OptionPlace) -> Value?
  /// How the value is written in the resolved config; reads back to the same value.
  let encode: (Value) -> ConfigValue
}

/// What a kind needs to know to report a problem.
package struct OptionPlace {
  /// The option's name.
  let name: String
  let context: ReadingContext

  /// Reports that the option expects something else than it gets.
  func mismatch(_ node: ConfigNode, expects expectation: String, hint: String? = nil) {
    context.problems.report(
      "`\(name)` expects \(expectation), gets \(node.summary)", at: node.position, hint: hint)
  }
}

extension OptionKind {
  /// A kind whose values either match as a whole or do not.
  init(
    expects expectation: String, placeholder: Value,
    encode: @escaping (Value) -> ConfigValue,
    match: @escaping (ConfigNode) -> Value?
  ) {
    self.init(
      expectation: expectation, placeholder: placeholder,
      parse: { node, place in
        if let value = match(node) { return value }
        place.mismatch(node, expects: expectation)
        return nil
      }, encode: encode)
  }

  /// The value that a resolved option stands for.
  ///
  /// - Throws: `NNError` for what the kind does not accept, which only a config changed by a program
  ///   can hold.
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

  /// The same values, read with something else holding for the whole config.
  func within(_ change: @escaping (inout ReadingContext) -> Void) -> Self {
    Self(
      expectation: expectation, placeholder: placeholder,
      parse: { node, place in
        var context = place.context
        change(&context)
        return parse(node, OptionPlace(name: place.name, context: context))
      }, encode: encode)
  }

  /// The same values, or null for nil.
  var orNull: OptionKind<Value?> {
    OptionKind<Value?>(
      expectation: "\(expectation) or null", placeholder: nil,
      parse: { node, place in
        if node.isNull || node.scalar?.text == "none" { return .some(nil) }
        return parse(node, place).map(Optional.some)
      }, encode: { $0.map(encode) ?? .null })
  }
}

extension OptionKind where Value == Bool {
  /// `true` or `false`.
  static var bool: Self {
    Self(expects: "true or false", placeholder: false, encode: ConfigValue.bool) { node in
      guard case .bool(let flag) = node.scalar?.value else { return nil }
      return flag
    }
  }
}

/// Bounds that options have besides their own: whatever is computed from a few of them can be
/// counted in 64 bits.
package enum OptionBound {
  /// Of sizes and counts.
  package static let count = 1 << 40
  /// Of kernels, strides, paddings and dilations, of axes and labels.
  package static let small = Int(Int32.max)
  /// Of the layers of a network; a step is planned in a time that grows with the square of it.
  package static let layers = 1000
  /// Of epochs.
  package static let epochs = 1_000_000_000
}

extension OptionKind where Value == Int {
  /// An integer within bounds.
  static func integer(_ bounds: ClosedRange<Int>) -> Self {
    integer(
      bounds, expects: "an integer from \(bounds.lowerBound) to \(bounds.upperBound)")
  }

  /// An integer with a lower bound, and an upper one that nobody meets by chance.
  static func integer(
    _ bounds: PartialRangeFrom<Int>, atMost largest: Int = OptionBound.count
  ) -> Self {
    integer(
      bounds.lowerBound...largest, expects: "an integer ≥ \(bounds.lowerBound)")
  }

  /// A class label, or one that stands for none: an integer of 32 bits.
  static var label: Self { integer(Int(Int32.min)...Int(Int32.max)) }

  /// A number that random numbers start from: any that is not negative.
  static var seed: Self { integer(0...Int.max, expects: "an integer ≥ 0") }

  /// Any integer of 32 bits.
  static var integer: Self {
    integer(-OptionBound.small - 1...OptionBound.small, expects: "an integer")
  }

  /// Messages name an upper bound that nobody meets by chance only where it is exceeded.
  private static func integer(_ bounds: ClosedRange<Int>, expects expectation: String) -> Self {
    Self(
      expectation: expectation, placeholder: max(bounds.lowerBound, min(1, bounds.upperBound)),
      parse: { node, place in
        let number: Double
        switch node.scalar?.value {
        case .integer(let whole) where bounds.contains(whole): return whole
        case .integer(let whole): number = Double(whole)
        case .number(let value):
          if let whole = Int(exactly: value), bounds.contains(whole) { return whole }
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

/// Which numbers an option takes; never NaN, never infinity.
package enum NumberBounds {
  case any
  case positive
  case nonNegative
  /// From 0 to 1, both included.
  case probability
  /// From 0, included, to 1, excluded.
  case belowOne
  /// Between 0 and 1, both excluded.
  case betweenZeroAndOne

  var expectation: String {
    switch self {
    case .any: "a number"
    case .positive: "a number > 0"
    case .nonNegative: "a number ≥ 0"
    case .probability: "a number from 0 to 1"
    case .belowOne: "a number ≥ 0 and < 1"
    case .betweenZeroAndOne: "a number > 0 and < 1"
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
    }
  }
}

extension OptionKind where Value == Double {
  /// A number within bounds; integers are numbers.
  static func number(_ bounds: NumberBounds = .any) -> Self {
    Self(
      expects: bounds.expectation, placeholder: 0.5, encode: ConfigValue.number
    ) { node in
      let number: Double? =
        switch node.scalar?.value {
        case .integer(let whole): Double(whole)
        case .number(let number): number
        default: nil
        }
      return number.flatMap { bounds.contains($0) ? $0 : nil }
    }
  }
}

extension OptionKind where Value == String {
  /// A text; a number or a truth value counts as the text that was written.
  static func text(_ expectation: String = "a text") -> Self {
    Self(expects: expectation, placeholder: "", encode: ConfigValue.string) { node in
      node.scalar.flatMap { $0.text.isEmpty ? nil : $0.text }
    }
  }
}

extension OptionKind where Value: Equatable {
  /// One of several words.
  static func choice(_ words: [(key: String, value: Value)]) -> Self {
    let list = words.map { "`\($0.key)`" }
    let expectation =
      list.count < 2
      ? list.joined() : "\(list.dropLast().joined(separator: ", ")) or \(list[list.count - 1])"
    precondition(!words.isEmpty, "a choice needs words")
    return OptionKind(
      expectation: expectation, placeholder: words[0].value,
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
  /// One of several words that stand for themselves.
  static func word(_ words: String...) -> Self { choice(words.map { ($0, $0) }) }
}

extension OptionKind {

  /// A list of values of one kind; a single value stands for a list of one.
  static func list<Element>(
    _ element: OptionKind<Element>, count allowed: ClosedRange<Int> = 1...Int.max
  ) -> Self where Value == [Element] {
    let expectation =
      allowed == 2...2
      ? "a list of two, each \(element.expectation)"
      : "\(element.expectation), or a list of such"
    return Self(
      expectation: expectation,
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
    return Self(
      expects: expectation, placeholder: 1,
      encode: { pair in
        pair.height == pair.width
          ? .integer(pair.height) : .list([.integer(pair.height), .integer(pair.width)])
      },
      match: { node in
        func whole(_ node: ConfigNode) -> Int? {
          guard case .integer(let value) = node.scalar?.value,
            (bounds.lowerBound...OptionBound.small).contains(value)
          else { return nil }
          return value
        }
        guard let items = node.items else { return whole(node).map { Size2D($0) } }
        let values = items.compactMap(whole)
        guard items.count == 2, values.count == 2 else { return nil }
        return Size2D(height: values[0], width: values[1])
      })
  }
}
