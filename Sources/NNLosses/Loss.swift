public import NNCore
public import NNGraph

/// Measures how far a network's output is from the target.
public protocol Loss: Sendable {
  /// The name in config files: `cross_entropy`.
  var name: String { get }

  /// The tensors that the loss reads, in the order in which they are passed to it; an output and a
  /// target by default.
  var roles: [LossRole] { get }

  /// The kind of targets that the loss expects.
  var target: TargetKind { get }

  /// The meaning of the network's outputs; numbers by default.
  var output: OutputKind { get }

  /// What the loss trains a network to predict; nil (default) for classes and numbers alike.
  var predictions: PredictionKind? { get }

  /// The interval in which every target must lie; nil (default) for any number.
  var targetRange: ClosedRange<Double>? { get }

  /// The interval in which every output must lie; nil (default) for any number.
  var outputRange: ClosedRange<Double>? { get }

  /// The levels of the quantiles that outputs are; nil (default) where they are none.
  var quantiles: QuantileLevels? { get }

  /// The divisor of the sum over a batch, up to a factor that is the same for every batch. The loss
  /// over a data set is Σ loss · divisor / Σ divisor over its batches, whatever their sizes.
  ///
  /// By default the number of labels that are not ignored; where targets are numbers, of examples.
  /// Examples with weights count that many times.
  ///
  /// - Parameters:
  ///   - target: The targets of the batch.
  ///   - examples: The extent of the output's first axis: the number of examples, or of their steps
  ///     if each step is a sample.
  ///   - weights: The weight of each example, [N]; nil: 1 each.
  /// - Returns: The divisor, 0 if nothing counts; nil if the losses of batches are added.
  func divisor(of target: HostTensor, examples: Int, weights: HostTensor?) -> Double?

  /// Adds the loss to the graph: a scalar, or one number per element with `Reduction.none`.
  ///
  /// A target that is incompatible with the output is recorded in the graph and poisons the result.
  func callAsFunction(_ output: Value, _ target: Value) -> Value

  /// Adds a loss of any tensors to the graph, in the order of `roles`; see ``TensorLoss``.
  func callAsFunction(_ tensors: [Value]) -> Value

  /// Adds the loss of weighted examples to the graph: one of weight 2 counts like the same example
  /// twice.
  ///
  /// By default an error, because only a loss that reduces the losses of elements can weigh them:
  /// see ``ReducedLoss``.
  ///
  /// - Parameters:
  ///   - tensors: In the order of `roles`.
  ///   - weights: The weight of each example, [N]; nil: 1 each.
  func callAsFunction(_ tensors: [Value], weights: Value?) -> Value
}

extension Loss {
  /// Outputs are numbers.
  public var output: OutputKind { .numbers }
  /// nil: classes and numbers alike.
  public var predictions: PredictionKind? { nil }
  /// nil: targets may be any number.
  public var targetRange: ClosedRange<Double>? { nil }
  /// nil: outputs may be any number.
  public var outputRange: ClosedRange<Double>? { nil }
  /// nil: outputs are no quantiles.
  public var quantiles: QuantileLevels? { nil }
  /// The number of labels that are not ignored; where targets are numbers, of examples.
  public func divisor(of target: HostTensor, examples: Int, weights: HostTensor?) -> Double? {
    counted(in: target, examples: examples, weights: weights)
  }

  /// The divisor without weights.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    divisor(of: target, examples: examples, weights: nil)
  }

  /// The number of labels that are not ignored; where targets are numbers, of examples.
  func counted(in target: HostTensor, examples: Int, weights: HostTensor?) -> Double {
    guard let ignored = self.target.ignoreIndex, target.dtype == .int32 else {
      return ExampleWeights(weights).total(samples: examples)
    }
    return ClassLikelihood.weight(
      of: target, weights: nil, ignoreIndex: ignored, examples: weights)
  }

  /// An error if examples have weights.
  public func callAsFunction(_ tensors: [Value], weights: Value?) -> Value {
    let value = self(tensors)
    guard weights != nil, !value.isPoisoned else { return value }
    return value.graph.report(
      "the loss `\(name)` is one number for all examples, which have weights",
      hint: "conform to ReducedLoss, whose `elements` are the losses of examples")
  }
}

/// The meaning of a network's outputs, as its loss interprets them.
public enum OutputKind: String, Hashable, Sendable, Codable {
  /// Numbers, as in regression.
  case numbers
  /// Class logits along axis 1; each example has one class, and softmax returns probabilities.
  case classLogits
  /// Class log-probabilities along axis 1; each example has one class.
  case classLogProbabilities
  /// Each output is the logit of an independent binary label; sigmoid returns its probability.
  case binaryLogits
  /// Each output is the probability of an independent binary label.
  case binaryProbabilities

  /// Whether each output predicts an independent binary label.
  public var isBinary: Bool { self == .binaryLogits || self == .binaryProbabilities }

  /// Whether the outputs are class scores, with one class per example.
  public var isClasses: Bool { self == .classLogits || self == .classLogProbabilities }

  /// The threshold above which a binary output is positive: 0 for logits, otherwise 0.5.
  public var threshold: Double { self == .binaryLogits ? 0 : 0.5 }
}

/// The kind of targets that a loss expects.
public enum TargetKind: Hashable, Sendable {
  /// Floating-point numbers with the output's type and shape.
  case numbers
  /// int32 class labels with the output's shape without its class axis.
  case classLabels(ignoreIndex: Int)
  /// Class labels, or class distributions with the output's type and shape.
  case classLabelsOrDistributions(ignoreIndex: Int)

  /// The label that is ignored; nil where targets are numbers.
  public var ignoreIndex: Int? {
    switch self {
    case .numbers: nil
    case .classLabels(let index), .classLabelsOrDistributions(let index): index
    }
  }

  /// Whether targets may be class labels.
  public var acceptsLabels: Bool { self != .numbers }
}
