public import NNAnalysis
import NNDrawing

/// Explained steps as text for a terminal.
public struct TextbookText {
  private let width: Int
  private let examples: Int
  /// The number of terms up to which a sum is written out.
  private static let largestTermCount = 12
  /// The number of terms that a longer sum shows.
  private static let shownTermCount = 4

  /// Creates a writer of texts.
  ///
  /// - Parameters:
  ///   - width: The maximum width of lines, in columns; at least 40.
  ///   - examples: The number of examples to write out; the page of a step has all. 1 by default.
  public init(width: Int, examples: Int = 1) {
    self.width = max(40, width)
    self.examples = max(1, examples)
  }

  /// What precedes the numbers of a step.
  public static func introduction(_ step: TextbookStep) -> String {
    let formula = TextbookFormula(step: step)
    return "\(formula.summary). \(formula.accuracy)"
  }

  /// A step with its numbers, or its summary by layer.
  public func text(_ explanation: StepExplanation) -> String {
    switch explanation {
    case .numbers(let step): text(step)
    case .layers(let summary, let reason):
      [
        headline("Step \(summary.step)"),
        wrapped(StepSummaryTable.introduction(summary, reason)), table(summary),
      ].joined(separator: "\n\n")
    }
  }

  private func table(_ summary: StepSummary) -> String {
    let table = StepSummaryTable(summary)
    return TextLayout.columns([table.header] + table.rows)
  }

  private func text(_ step: TextbookStep) -> String {
    let formula = TextbookFormula(step: step)
    var parts = [
      headline("Step \(step.step): \(formula.summary)"), wrapped(formula.accuracy),
    ]
    for section in step.sections where (section.example ?? 1) <= examples {
      parts.append(text(section, in: step))
    }
    if step.shownExamples > examples {
      parts.append(
        wrapped(
          "Examples \(examples + 1) to \(step.shownExamples) are on the page with the same numbers."
        ))
    }
    return parts.joined(separator: "\n\n")
  }

  /// The title of a section, its formulas and its numbers.
  public func text(_ section: TextbookSection, in step: TextbookStep) -> String {
    let formula = TextbookFormula(step: step)
    return
      ([section.title, TextLayout.wrapped(section.text, width: width, indent: "  ")]
      + section.formulas.map { "    \($0)" }
      + section.numbers.map { line($0, formula) }).joined(separator: "\n")
  }

  /// The number with its formula: `  p₁[1] = w₀₁[1,1] · q₀[1] + b₁[1] = 0.5 · 1 + 0.25 = 0.75`.
  private func line(_ number: TextbookNumber, _ formula: TextbookFormula) -> String {
    let value = TextbookFormula.text(number.value)
    guard let expression = number.expression else { return "  \(number.symbol) = \(value)" }
    let (short, rest) = Self.shortened(expression)
    let ending = rest == 0 ? "" : " + … (\(rest) more)"
    let symbols = formula.written(short, asValues: false) + ending
    let values = formula.written(short, asValues: true) + ending
    var steps = [number.symbol]
    if symbols != number.symbol, symbols != values { steps.append(symbols) }
    if values != value { steps.append(values) }
    let line = "  " + (steps + [value]).joined(separator: " = ")
    guard line.count > width else { return line }
    let hanging = "        "
    return
      ([TextLayout.wrapped(steps[0], width: width, indent: "  ")]
      + (steps.dropFirst() + [value]).map {
        TextLayout.wrapped("= \($0)", width: width, indent: "    ", hanging: hanging)
      }).joined(separator: "\n")
  }

  /// The first terms of a long sum, and how many are left out.
  private static func shortened(
    _ expression: TextbookExpression
  ) -> (expression: TextbookExpression, rest: Int) {
    guard case .sum(let terms) = expression, terms.count > largestTermCount else {
      return (expression, 0)
    }
    return (.sum(Array(terms.prefix(shownTermCount))), terms.count - shownTermCount)
  }

  private func headline(_ text: String) -> String {
    let text = wrapped(text)
    let length = text.split(separator: "\n").map(\.count).max() ?? 0
    return text + "\n" + String(repeating: "=", count: length)
  }

  private func wrapped(_ text: String) -> String { TextLayout.wrapped(text, width: width) }
}
