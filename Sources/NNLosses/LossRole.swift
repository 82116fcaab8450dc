public import NNGraph

/// A tensor that a loss reads, by its name in the loss's definition.
public struct LossRole: Sendable, Hashable {
  /// Where the tensor usually comes from.
  public enum Kind: Sendable {
    /// An output of the network.
    case output
    /// A target of the data.
    case target
  }

  /// The name: `anchor`.
  public let name: String
  /// Where the tensor usually comes from.
  public let kind: Kind

  /// Creates a role.
  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// The network's output, in a loss of output and target.
  public static let output = LossRole("output", .output)
  /// The target, in a loss of output and target.
  public static let target = LossRole("target", .target)
}

/// A loss that reads other tensors than an output and a target.
///
/// ```swift
/// struct Contrast: TensorLoss {
///   var name: String { "contrast" }
///   var roles: [LossRole] { [.init("left", .output), .init("right", .output)] }
///
///   func callAsFunction(_ tensors: [Value]) -> Value { (tensors[0] - tensors[1]).square().mean() }
/// }
/// ```
public protocol TensorLoss: Loss {}

extension TensorLoss {
  /// Numbers by default: such losses read no class labels.
  public var target: TargetKind { .numbers }

  /// Calls the loss with a list of two tensors.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value { self([output, target]) }
}

extension Loss {
  /// An output of the network and a target of the data.
  public var roles: [LossRole] { [.output, .target] }

  /// Calls the loss with output and target.
  public func callAsFunction(_ tensors: [Value]) -> Value { self(tensors[0], tensors[1]) }
}

/// One of the losses whose weighted sum training minimises, with the tensors that it reads.
public struct LossTerm: Sendable {
  /// The loss.
  public let loss: any Loss
  /// The names of tensors for roles of the loss. A role that is missing reads the network's output
  /// or the data's target of its own name, else the main one.
  public let tensors: [String: String]
  /// The factor of the loss in the sum.
  public let weight: Double
  /// The name in tables.
  public let name: String

  /// Creates a term of a loss of output and target.
  ///
  /// - Parameters:
  ///   - loss: The loss.
  ///   - output: The name of an output of the network; the main one by default.
  ///   - target: The name of a target of the data, or of an input or output of the network; the
  ///     main target by default.
  ///   - weight: The factor of the loss in the sum; 1 by default.
  ///   - name: The name in tables; that of the output by default, else that of the loss.
  public init(
    _ loss: any Loss, output: String? = nil, target: String? = nil, weight: Double = 1,
    name: String? = nil
  ) {
    var tensors: [String: String] = [:]
    tensors[LossRole.output.name] = output
    tensors[LossRole.target.name] = target
    self.init(loss, reading: tensors, weight: weight, name: name)
  }

  /// Creates a term of any loss.
  ///
  /// - Parameters:
  ///   - loss: The loss.
  ///   - tensors: The names of tensors for roles of the loss.
  ///   - weight: The factor of the loss in the sum; 1 by default.
  ///   - name: The name in tables; that of the output by default, else that of the loss.
  public init(
    _ loss: any Loss, reading tensors: [String: String], weight: Double = 1, name: String? = nil
  ) {
    self.loss = loss
    self.tensors = tensors
    self.weight = weight
    self.name = name ?? tensors[LossRole.output.name] ?? loss.name
  }
}
