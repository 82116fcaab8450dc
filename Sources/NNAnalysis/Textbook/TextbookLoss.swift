import NNCore
import NNLosses
import NNTraining

/// The loss of a step with its derivative, for the losses of the course.
struct TextbookLoss {
  private enum Kind {
    /// factor/2 · (q − y)²
    case squares(factor: Double)
    /// Of probabilities.
    case binary
    /// Of logits.
    case binaryLogits
    case classes
  }

  private let kind: Kind
  /// The divisor of the sum of all losses.
  private let divisor: Double
  /// C as a formula.
  let formula: String
  /// ∂C/∂q as a formula.
  let derivativeFormula: String
  /// y of each output of each example.
  let targets: [Double]
  /// The formula of the probabilities s that the loss makes of logits; nil without.
  let probabilityFormula: String?

  /// Reads the loss of a step whose output is [examples, outputs].
  ///
  /// - Throws: `NNError` with the reason if the loss is not one of the course.
  init(_ trace: StepTrace, examples: Int, outputs: Int) throws(NNError) {
    guard trace.losses.count == 1, let term = trace.losses.first else {
      throw .invalid("it has \(trace.losses.count) losses; single numbers are shown for one")
    }
    guard term.tensors.isEmpty, term.weight == 1 else {
      throw .invalid(
        "its loss has a weight or names the tensors that it reads; single numbers are shown for a "
          + "loss of the output and the target")
    }
    guard trace.weights == nil else {
      throw .invalid("its examples have weights; single numbers are shown for examples without")
    }
    let (loss, target) = (term.loss, trace.targets.values)
    let reduction: Reduction
    let (elements, slope): (String, String)
    switch loss {
    case let loss as SquaredError:
      (kind, reduction) = (.squares(factor: 1), loss.reduction)
      (elements, slope) = ("½(q − y)²", "(q − y)")
    case let loss as MeanSquaredError:
      (kind, reduction) = (.squares(factor: 2), loss.reduction)
      (elements, slope) = ("(q − y)²", "2 · (q − y)")
    case let loss as BinaryCrossEntropy where loss.weight == nil:
      (kind, reduction) = (.binary, loss.reduction)
      (elements, slope) = ("−(y ln q + (1 − y) ln(1 − q))", "(q − y) / (q(1 − q))")
    case let loss as BinaryCrossEntropyWithLogits
    where loss.weight == nil && loss.positiveWeight == nil:
      (kind, reduction) = (.binaryLogits, loss.reduction)
      (elements, slope) = ("−(y ln s + (1 − y) ln(1 − s))", "(s − y)")
    case let loss as CrossEntropy where loss.weight == nil && loss.labelSmoothing == 0:
      (kind, reduction) = (.classes, loss.reduction)
      (elements, slope) = ("−y ln s", "(s − y)")
      guard !Self.holds(loss.ignoreIndex, target) else {
        throw .invalid("the step has labels that the loss ignores")
      }
    default:
      throw .invalid(
        "single numbers are shown for the losses squared_error, mse, bce, bce_with_logits and "
          + "cross_entropy without weights of classes and label smoothing; the loss is "
          + "`\(loss.name)` with its options")
    }
    guard let targets = Self.numbers(target, examples: examples, outputs: outputs) else {
      throw .invalid("its targets have shape \(target.shape)")
    }
    self.targets = targets
    probabilityFormula =
      switch kind {
      case .binaryLogits: "s = 1 / (1 + e^−q)"
      case .classes: "s = e^q / Σ e^q"
      case .squares, .binary: nil
      }
    let isOfExamples =
      if case .classes = kind { true } else { reduction == .batchMean }
    switch reduction {
    case .sum, .none: divisor = 1
    case .batchMean: divisor = Double(examples)
    case .mean: divisor = Double(isOfExamples ? examples : examples * outputs)
    }
    let count = divisor == 1 ? "" : " / \(Int(divisor))"
    formula = "C = Σ \(elements)\(count)"
    derivativeFormula = "∂C/∂q = \(slope)\(count)"
  }

  /// ∂C/∂q of one output.
  ///
  /// - Parameters:
  ///   - q: The output.
  ///   - s: Its probability, for losses of logits.
  ///   - y: The target.
  func derivative(q: String, s: String?, y: String) -> TextbookExpression {
    let (q, y) = (TextbookExpression.number(q), TextbookExpression.number(y))
    let difference = TextbookExpression.difference(s.map { .number($0) } ?? q, y)
    let whole: TextbookExpression =
      switch kind {
      case .squares(let factor):
        factor == 1 ? difference : .product([.constant(factor), difference])
      case .binary:
        .quotient(difference, .product([q, .difference(.constant(1), q)]))
      case .binaryLogits, .classes: difference
      }
    return divisor == 1 ? whole : .quotient(whole, .constant(divisor))
  }

  /// s of one output, from all outputs of the example.
  func probability(of q: String, among outputs: [String]) -> TextbookExpression {
    guard case .classes = kind else { return .function("σ", .number(q)) }
    return .quotient(
      .function("exp", .number(q)), .sum(outputs.map { .function("exp", .number($0)) }))
  }

  private static func holds(_ label: Int, _ targets: HostTensor) -> Bool {
    targets.dtype == .int32
      && targets.withScalars(as: Int32.self) { $0.contains { Int($0) == label } }
  }

  /// The targets as numbers [examples, outputs]: class labels as 1 at the class and 0 elsewhere.
  private static func numbers(
    _ targets: HostTensor, examples: Int, outputs: Int
  ) -> [Double]? {
    if targets.dtype == .int32 {
      guard targets.shape == [examples] else { return nil }
      return targets.scalars(as: Int32.self).flatMap { label in
        (0..<outputs).map { Int(label) == $0 ? 1 : 0 }
      }
    }
    return targets.elementCount == examples * outputs ? targets.doubles : nil
  }
}
