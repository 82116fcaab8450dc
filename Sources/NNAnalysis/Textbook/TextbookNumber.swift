/// One number of a training step, with the formula that it follows from.
///
/// The value is the one that the step computed. The formula says which other numbers it comes from;
/// it is evaluated only to check that explanation.
public struct TextbookNumber: Sendable, Identifiable {
  /// Unique among all numbers of a run: `s1-e2-q1-3`.
  public let id: String
  /// The symbol as in the course: `q₁[3]`.
  public let symbol: String
  /// The value.
  public let value: Double
  /// The formula; nil for what is given: inputs, targets, weights.
  public let expression: TextbookExpression?

  init(_ id: String, _ symbol: String, _ value: Double, _ expression: TextbookExpression? = nil) {
    self.id = id
    self.symbol = symbol
    self.value = value
    self.expression = expression
  }
}

/// Numbers of a step that belong together.
public struct TextbookSection: Sendable {
  /// The title: `Example 1: forward`.
  public let title: String
  /// What the numbers are, in one or two sentences.
  public let text: String
  /// The formulas that they follow, one in each line; empty for numbers that are given.
  public let formulas: [String]
  /// The numbers, in the order of computation.
  public let numbers: [TextbookNumber]
  /// The example that they belong to, counted from 1; nil for those of the whole batch.
  public let example: Int?

  init(
    _ title: String, _ text: String, formulas: [String] = [], example: Int? = nil,
    _ numbers: [TextbookNumber]
  ) {
    self.title = title
    self.text = text
    self.formulas = formulas
    self.numbers = numbers
    self.example = example
  }
}

/// Subscripts and superscripts of symbols.
enum SymbolText {
  static func lowered(_ number: Int) -> String { digits(number, "₀₁₂₃₄₅₆₇₈₉") }

  /// The superscript of an example: `⁽²⁾`.
  static func ofExample(_ number: Int) -> String { "⁽\(digits(number, "⁰¹²³⁴⁵⁶⁷⁸⁹"))⁾" }

  /// The subscript of a weight from one layer to the next: `₀₁`, from the tenth on `₉,₁₀`.
  static func between(_ layer: Int) -> String {
    lowered(layer - 1) + (layer > 9 ? "," : "") + lowered(layer)
  }

  private static func digits(_ number: Int, _ alphabet: String) -> String {
    let characters = Array(alphabet)
    return String("\(number)".compactMap { $0.wholeNumberValue.map { characters[$0] } })
  }
}
