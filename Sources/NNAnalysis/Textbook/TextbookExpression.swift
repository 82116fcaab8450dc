/// How a number of a step follows from others, as a formula of their symbols.
public indirect enum TextbookExpression: Sendable, Hashable {
  /// Another number, by its ``TextbookNumber/id``.
  case number(String)
  /// A constant: a learning rate, or a number of examples.
  case constant(Double)
  /// The sum of the terms.
  case sum([TextbookExpression])
  /// The first minus the second.
  case difference(TextbookExpression, TextbookExpression)
  /// The product of the factors.
  case product([TextbookExpression])
  /// The first divided by the second.
  case quotient(TextbookExpression, TextbookExpression)
  /// The square.
  case square(TextbookExpression)
  /// The square root.
  case squareRoot(TextbookExpression)
  /// A function by its name: `tanh`.
  case function(String, TextbookExpression)

  /// A part of a formula as it is written.
  public enum Piece: Sendable, Hashable {
    /// Operators and parentheses.
    case text(String)
    /// A constant.
    case constant(Double)
    /// A number, which is written as its symbol or as its value.
    case number(String)
  }

  /// The formula as it is written, with the parentheses that it needs.
  public var pieces: [Piece] { written(inside: .sum) }

  /// The numbers that it refers to, in the order in which they are written.
  public var references: [String] {
    pieces.compactMap { piece in
      if case .number(let id) = piece { id } else { nil }
    }
  }

  /// The value of the formula; nil if it has a function, whose values only the engine computes, or
  /// refers to an unknown number.
  ///
  /// - Parameter value: Returns the value of a number.
  public func value(_ value: (String) -> Double?) -> Double? {
    switch self {
    case .number(let id): return value(id)
    case .constant(let constant): return constant
    case .sum(let terms):
      let values = terms.compactMap { $0.value(value) }
      return values.count == terms.count ? values.reduce(0, +) : nil
    case .product(let factors):
      let values = factors.compactMap { $0.value(value) }
      return values.count == factors.count ? values.reduce(1, *) : nil
    case .difference(let first, let second):
      guard let first = first.value(value), let second = second.value(value) else { return nil }
      return first - second
    case .quotient(let first, let second):
      guard let first = first.value(value), let second = second.value(value) else { return nil }
      return first / second
    case .square(let base): return base.value(value).map { $0 * $0 }
    case .squareRoot(let radicand): return radicand.value(value).map { $0.squareRoot() }
    case .function: return nil
    }
  }

  /// How tightly operators bind.
  private enum Binding: Int { case sum, product, power }

  private var binding: Binding {
    switch self {
    case .sum(let terms): terms.count == 1 ? terms[0].binding : .sum
    case .difference: .sum
    case .product(let factors): factors.count == 1 ? factors[0].binding : .product
    case .quotient: .product
    case .number, .constant, .square, .squareRoot, .function: .power
    }
  }

  /// The pieces as an operand of an operator, in parentheses if that binds more tightly.
  private func written(inside outer: Binding) -> [Piece] {
    binding.rawValue < outer.rawValue ? [.text("(")] + content + [.text(")")] : content
  }

  private var content: [Piece] {
    switch self {
    case .number(let id): [.number(id)]
    case .constant(let value): [.constant(value)]
    case .sum(let terms): Self.joined(terms, by: " + ", .sum)
    case .product(let factors): Self.joined(factors, by: " · ", .product)
    case .difference(let first, let second):
      first.written(inside: .sum) + [.text(" − ")] + second.written(inside: .product)
    case .quotient(let first, let second):
      first.written(inside: .product) + [.text(" / ")] + second.written(inside: .power)
    case .square(let base): base.written(inside: .power) + [.text("²")]
    case .squareRoot(let radicand): [.text("√(")] + radicand.content + [.text(")")]
    case .function(let name, let argument): [.text("\(name)(")] + argument.content + [.text(")")]
    }
  }

  private static func joined(
    _ parts: [TextbookExpression], by sign: String, _ binding: Binding
  ) -> [Piece] {
    parts.enumerated().flatMap { index, part in
      (index == 0 ? [] : [.text(sign)]) + part.written(inside: binding)
    }
  }
}
