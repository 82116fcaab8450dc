import NNAnalysis
import NNDrawing

/// Formulas and values of a step as they are written.
struct TextbookFormula {
  let step: TextbookStep

  /// A number with six significant digits.
  static func text(_ value: Double) -> String { NumberText.short(value, digits: 6) }

  /// A formula with symbols, or with values in place of them.
  ///
  /// - Parameters:
  ///   - asValues: Whether to write values.
  ///   - write: Writes a number of the formula, whose text is given.
  ///   - plain: Writes everything else.
  func written(
    _ expression: TextbookExpression, asValues: Bool,
    _ write: (_ id: String, _ text: String) -> String = { $1 },
    plain: (_ text: String) -> String = { $0 }
  ) -> String {
    let pieces = expression.pieces
    func text(_ index: Int) -> String {
      guard pieces.indices.contains(index), case .text(let text) = pieces[index] else { return "" }
      return text
    }
    return pieces.enumerated().map { index, piece in
      // The parentheses of a function are enough.
      let isAlone =
        pieces.count == 1 || text(index - 1).hasSuffix("(") && text(index + 1).hasPrefix(")")
      switch piece {
      case .text(let text): return plain(text)
      case .constant(let value): return plain(Self.operand(value, isAlone: isAlone))
      case .number(let id): return write(id, operand(id, asValue: asValues, isAlone: isAlone))
      }
    }.joined()
  }

  private func operand(_ id: String, asValue: Bool, isAlone: Bool) -> String {
    guard let number = step[id] else { return "?" }
    guard asValue else { return isAlone ? number.symbol : Self.operand(number.symbol) }
    return Self.operand(number.value, isAlone: isAlone)
  }

  /// The symbol of a sum or product in parentheses.
  private static func operand(_ symbol: String) -> String {
    symbol.contains(" ") ? "(\(symbol))" : symbol
  }

  private static func operand(_ value: Double, isAlone: Bool) -> String {
    let text = text(value)
    return value < 0 && !isAlone ? "(\(text))" : text
  }

  /// What the page and the text say about rounding.
  var accuracy: String {
    "The numbers are those that the step computed in \(step.dtype). The formulas, evaluated with "
      + "the numbers that they name, differ from them by at most "
      + "\(NumberText.short(step.largestDifference, digits: 2)) of the largest operand."
  }

  /// The step in one line.
  var summary: String {
    "\(step.network), \(step.examples) example\(step.examples == 1 ? "" : "s"), C = "
      + Self.text(step.loss)
  }
}
