import NNOptimizers
import NNTraining

/// How an optimizer changes a weight, as a formula of the weight, its gradient and its state.
struct TextbookUpdate {
  /// The rule, one formula in each line.
  let formulas: [String]
  private let step: Int
  private let update: StepTrace.Update

  init(_ update: StepTrace.Update, step: Int) {
    self.update = update
    self.step = step
    formulas =
      switch update.optimizer {
      case let sgd as SGD: Self.formulas(sgd)
      case let adam as Adam: Self.formulas(adam.rule)
      case let adam as AdamW: Self.formulas(adam.rule)
      default:
        ["the new w follows from w, its gradient and its state as `\(update.optimizer.name)` says"]
      }
  }

  /// The new weight.
  ///
  /// - Parameters:
  ///   - weight: The weight before the step.
  ///   - gradient: The gradient that the optimizer received.
  ///   - states: The optimizer's state after the step, by PyTorch's names.
  /// - Returns: The formula; nil for optimizers that have none here.
  func expression(weight: String, gradient: String, states: [String: String])
    -> TextbookExpression?
  {
    let rate = TextbookExpression.constant(update.learningRate)
    let (weight, gradient) = (
      TextbookExpression.number(weight), TextbookExpression.number(gradient)
    )
    switch update.optimizer {
    case let sgd as SGD:
      let signed: TextbookExpression =
        sgd.maximize ? .difference(.constant(0), gradient) : gradient
      let decayed: TextbookExpression =
        sgd.weightDecay == 0
        ? signed : .sum([signed, .product([.constant(sgd.weightDecay), weight])])
      guard sgd.momentum != 0 else { return .difference(weight, .product([rate, decayed])) }
      guard let buffer = states["momentum_buffer"].map(TextbookExpression.number) else {
        return nil
      }
      let direction: TextbookExpression =
        sgd.nesterov
        ? .sum([decayed, .product([.constant(sgd.momentum), buffer])]) : buffer
      return .difference(weight, .product([rate, direction]))
    case let adam as Adam: return expression(adam.rule, weight, states)
    case let adam as AdamW: return expression(adam.rule, weight, states)
    default: return nil
    }
  }

  private func expression(
    _ rule: AdamRule, _ weight: TextbookExpression, _ states: [String: String]
  ) -> TextbookExpression? {
    guard let first = states["exp_avg"],
      let second = states[rule.amsgrad ? "max_exp_avg_sq" : "exp_avg_sq"]
    else { return nil }
    let corrections = (
      first: 1 - Self.power(rule.firstBeta, step), second: 1 - Self.power(rule.secondBeta, step)
    )
    let denominator = TextbookExpression.sum([
      .quotient(.squareRoot(.number(second)), .squareRoot(.constant(corrections.second))),
      .constant(rule.epsilon),
    ])
    let start: TextbookExpression =
      rule.isDecoupled && rule.weightDecay != 0
      ? .product([.constant(1 - update.learningRate * rule.weightDecay), weight]) : weight
    return .difference(
      start,
      .quotient(
        .product([
          .quotient(.constant(update.learningRate), .constant(corrections.first)), .number(first),
        ]), denominator))
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }

  private static func formulas(_ sgd: SGD) -> [String] {
    let gradient =
      (sgd.maximize ? "−∂C/∂w" : "∂C/∂w")
      + (sgd.weightDecay == 0 ? "" : " + \(sgd.weightDecay) · w")
    guard sgd.momentum != 0 else {
      return [
        "new w = w − η · \(sgd.weightDecay == 0 && !sgd.maximize ? gradient : "(\(gradient))")"
      ]
    }
    let share = sgd.dampening == 0 ? "g" : "\(1 - sgd.dampening) · g"
    return [
      "g = \(gradient)",
      "momentum_buffer ← \(sgd.momentum) · momentum_buffer + \(share), in the first step g",
      sgd.nesterov
        ? "new w = w − η · (g + \(sgd.momentum) · momentum_buffer)"
        : "new w = w − η · momentum_buffer",
    ]
  }

  private static func formulas(_ rule: AdamRule) -> [String] {
    let decay = rule.weightDecay == 0 || rule.isDecoupled ? "" : " + \(rule.weightDecay) · w"
    let start =
      rule.isDecoupled && rule.weightDecay != 0 ? "(1 − η · \(rule.weightDecay)) · w" : "w"
    let second = rule.amsgrad ? "max_exp_avg_sq" : "exp_avg_sq"
    return [
      "g = \(rule.maximize ? "−" : "")∂C/∂w\(decay)",
      "exp_avg ← exp_avg + (1 − β₁)(g − exp_avg), β₁ = \(rule.firstBeta)",
      "exp_avg_sq ← β₂ · exp_avg_sq + (1 − β₂) · g², β₂ = \(rule.secondBeta)",
    ] + (rule.amsgrad ? ["max_exp_avg_sq ← max(max_exp_avg_sq, exp_avg_sq)"] : []) + [
      "new w = \(start) − η / (1 − β₁ᵗ) · exp_avg / (√\(second) / √(1 − β₂ᵗ) + \(rule.epsilon))"
    ]
  }
}
