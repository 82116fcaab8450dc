public import NNCore
public import NNGraph

/// What a network is judged by: a function of its output and the target.
public protocol Loss: Sendable {
  /// The name as in a config file: `cross_entropy`.
  var name: String { get }

  /// What targets must be.
  var target: TargetKind { get }

  /// What the network's outputs stand for; by default numbers.
  var output: OutputKind { get }

  /// The interval in which every target must lie; nil (default) for any number.
  var targetRange: ClosedRange<Double>? { get }

  /// The interval in which every output must lie; nil (default) for any number.
  var outputRange: ClosedRange<Double>? { get }

  /// What the loss divides its sum over a batch by, up to a factor that is the same for every batch:
  /// the loss over a data set is Σ loss · divisor / Σ divisor over its batches, whatever their sizes.
  ///
  /// By default the number of labels that are not ignored, or of examples where targets are numbers.
  ///
  /// - Parameters:
  ///   - target: The targets of the batch.
  ///   - examples: The extent of the first axis of the output, as the loss takes it.
  /// - Returns: The divisor, 0 where no target counts; nil where the losses of batches add up.
  func divisor(of target: HostTensor, examples: Int) -> Double?

  /// Adds the loss to the graph: a scalar, or one number an element with `Reduction.none`.
  ///
  /// A target that does not fit the output is recorded in the graph and poisons the result.
  func callAsFunction(_ output: Value, _ target: Value) -> Value
}

extension Loss {
  /// Numbers.
  public var output: OutputKind { .numbers }
  /// Any number.
  public var targetRange: ClosedRange<Double>? { nil }
  /// Any number.
  public var outputRange: ClosedRange<Double>? { nil }
  /// The number of labels that are not ignored, or of examples where targets are numbers.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    guard let ignored = self.target.ignoreIndex, target.dtype == .int32 else {
      return Double(examples)
    }
    return ClassLikelihood.weight(of: target, weights: nil, ignoreIndex: ignored)
  }
}

/// What the outputs of a network stand for, as its loss reads them.
public enum OutputKind: Hashable, Sendable {
  /// Numbers to be met as closely as possible.
  case numbers
  /// Logits of classes along axis 1; each example has one class, and softmax gives probabilities.
  case classLogits
  /// Logarithms of the probabilities of classes along axis 1; each example has one class.
  case classLogProbabilities
  /// Each output is the logit of a decision of its own; sigmoid gives its probability.
  case decisionLogits
  /// Each output is the probability of a decision of its own.
  case decisionProbabilities

  /// Whether each output is a decision of its own.
  public var isDecisions: Bool { self == .decisionLogits || self == .decisionProbabilities }

  /// Whether the outputs are scores of classes of which each example has one.
  public var isClasses: Bool { self == .classLogits || self == .classLogProbabilities }

  /// Above which an output that is a decision means yes: 0 for logits, else ½.
  public var threshold: Double { self == .decisionLogits ? 0 : 0.5 }
}

/// What targets a loss takes.
public enum TargetKind: Hashable, Sendable {
  /// Floating-point numbers of the output's type and shape.
  case numbers
  /// int32 class labels, of the output's shape without its class axis.
  case classLabels(ignoreIndex: Int)
  /// Class labels, or a distribution over the classes for each, of the output's type and shape.
  case classLabelsOrDistributions(ignoreIndex: Int)

  /// The label that takes no part; nil where targets are numbers.
  public var ignoreIndex: Int? {
    switch self {
    case .numbers: nil
    case .classLabels(let index), .classLabelsOrDistributions(let index): index
    }
  }

  /// Whether targets may be class labels.
  public var acceptsLabels: Bool { self != .numbers }
}

/// A function of output and target as a loss.
///
/// ```swift
/// let loss = CustomLoss("log_cosh") { output, target in
///   ((output - target).exp() + (target - output).exp()).log().mean()
/// }
/// ```
public struct CustomLoss: Loss {
  /// The name in tables.
  public let name: String
  /// What targets must be.
  public let target: TargetKind
  private let function: @Sendable (_ output: Value, _ target: Value) -> Value

  /// Creates a loss from its function.
  public init(
    _ name: String = "custom", target: TargetKind = .numbers,
    _ function: @escaping @Sendable (_ output: Value, _ target: Value) -> Value
  ) {
    self.name = name
    self.target = target
    self.function = function
  }

  /// Adds the function.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    function(output, target)
  }
}
