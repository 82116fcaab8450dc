import NNCore
import NNGraph
import NNLosses

/// The Kullback–Leibler divergence between the predictions of two outputs of a network.
enum Divergence {
  /// Whether outputs of a kind are predictions with probabilities.
  static func exists(for kind: OutputKind) -> Bool { kind.isClasses || kind == .binaryLogits }

  /// KL(reference ‖ output) of each label: of outputs [N, C, …] of classes [N, …], of logits of
  /// binary labels one for each.
  static func value(of output: Value, from reference: Value, kind: OutputKind) -> Value {
    switch kind {
    case .binaryLogits:
      // −ln σ(x) = softplus(−x), and −ln(1 − σ(x)) = softplus(x).
      let positive = reference.sigmoid()
      return positive * ((-output).softplus() - (-reference).softplus())
        + (1 - positive) * (output.softplus() - reference.softplus())
    case .classLogProbabilities:
      return (reference.exp() * (reference - output)).sum(axes: [1])
    case .classLogits, .binaryProbabilities, .numbers:
      let (from, to) = (reference.logSoftmax(axis: 1), output.logSoftmax(axis: 1))
      return (from.exp() * (from - to)).sum(axes: [1])
    }
  }
}

/// The loss of TRADES: a loss of the outputs for clean inputs plus β times the divergence of the
/// predictions for perturbed inputs from those for clean ones.
struct DivergenceLoss: ReducedLoss {
  /// The output for perturbed inputs.
  static let perturbed = LossRole("output.perturbed", .output)

  let base: any ReducedLoss
  let factor: Double

  var name: String { base.name }
  var roles: [LossRole] { base.roles + [Self.perturbed] }
  var target: TargetKind { base.target }
  var output: OutputKind { base.output }
  var predictions: PredictionKind? { base.predictions }
  var targetRange: ClosedRange<Double>? { base.targetRange }
  var outputRange: ClosedRange<Double>? { base.outputRange }
  var reduction: Reduction { base.reduction }

  func divisor(of target: HostTensor, examples: Int, weights: HostTensor?) -> Double? {
    base.divisor(of: target, examples: examples, weights: weights)
  }

  func elements(_ tensors: [Value]) -> ElementLosses {
    let own = base.elements(Array(tensors.dropLast()))
    guard let perturbed = tensors.last, !own.losses.isPoisoned else { return own }
    let divergence = Divergence.value(of: perturbed, from: tensors[0], kind: base.output)
    // Labels that do not count have no divergence, and others that of their class's weight.
    let counted = own.shares.map { divergence * $0 } ?? divergence
    return ElementLosses(own.losses + factor * counted, shares: own.shares)
  }
}

extension Objective {
  /// The objective in which the main loss has the divergence of perturbed predictions added.
  ///
  /// - Throws: `NNError` if the main loss is not one of an output and a target whose predictions have
  ///   probabilities.
  func adding(divergence factor: Double) throws(NNError) -> Objective {
    guard let base = main as? any ReducedLoss, base.roles == [.output, .target],
      Divergence.exists(for: base.output)
    else {
      throw .invalid(
        "adversarial training with `trades` compares predicted probabilities, and the loss "
          + "`\(main.name)` has none",
        hint: "use pgd, or a loss such as cross_entropy or bce_with_logits")
    }
    let term = terms[0]
    let wrapped = LossTerm(
      DivergenceLoss(base: base, factor: factor), reading: term.tensors, weight: term.weight,
      name: term.name)
    return Objective([wrapped] + terms.dropFirst())
  }
}
