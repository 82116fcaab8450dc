public import NNGraph

/// What a network is judged by: a function of its output and the target.
public protocol Loss: Sendable {
  /// The name as in a config file: `cross_entropy`.
  var name: String { get }

  /// What targets must be.
  var target: TargetKind { get }

  /// Adds the loss to the graph: a scalar, or one number an element with `Reduction.none`.
  ///
  /// A target that does not fit the output is recorded in the graph and poisons the result.
  func callAsFunction(_ output: Value, _ target: Value) -> Value
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
