import NNCore
public import NNGraph

/// max(d(a, p) − d(a, n) + margin, 0) for an anchor a, an example p of its kind and one n of another
/// kind (PyTorch's `TripletMarginLoss`), where d(x, y) = ‖x − y + ε‖ of order `order`.
///
/// Three outputs [N, features] or [features] of one shape; no target.
///
/// Source: Balntas, Riba, Ponsa, Mikolajczyk, "Learning local feature descriptors with triplets and
/// shallow convolutional neural networks", BMVC 2016.
public struct TripletMargin: ReducedLoss {
  /// The difference of distances from which on a triplet has no loss.
  public let margin: Double
  /// The order of the norm.
  public let order: Double
  /// ε, which is added to differences.
  public let epsilon: Double
  /// Whether the distance of p and n counts instead of that of a and n where it is smaller.
  public let swap: Bool
  /// The reduction of the triplets' losses.
  public let reduction: Reduction

  /// Creates the loss; the defaults are PyTorch's.
  public init(
    margin: Double = 1, order: Double = 2, epsilon: Double = 1e-6, swap: Bool = false,
    reduction: Reduction = .mean
  ) {
    self.margin = margin
    self.order = order
    self.epsilon = epsilon
    self.swap = swap
    self.reduction = reduction
  }

  /// The name in config files: `triplet_margin`.
  public var name: String { "triplet_margin" }
  /// Numbers, of which it reads none.
  public var target: TargetKind { .numbers }
  /// Three outputs.
  public var roles: [LossRole] {
    [.init("anchor", .output), .init("positive", .output), .init("negative", .output)]
  }

  /// Adds the losses of elements to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    let (anchor, positive, negative) = (tensors[0], tensors[1], tensors[2])
    for other in [positive, negative] where other.shape != anchor.shape {
      return ElementLosses(
        anchor.graph.report(
          "loss \(name) takes outputs of the anchor's shape \(anchor.shape), gets \(other.shape)"))
    }
    guard anchor.shape.rank >= 1, order > 0 else {
      return ElementLosses(
        anchor.graph.report(
          "loss \(name) takes outputs [N, features] and a norm of positive order, gets "
            + "\(anchor.shape) and \(order)"))
    }
    var far = distance(anchor, negative)
    if swap { far = far.minimum(distance(positive, negative)) }
    return ElementLosses((distance(anchor, positive) - far + margin).maximum(0))
  }

  private func distance(_ x: Value, _ y: Value) -> Value {
    let difference = x - y + epsilon
    let axes = [x.shape.rank - 1]
    if order == 2 { return difference.square().sum(axes: axes).sqrt() }
    if order == 1 { return difference.abs().sum(axes: axes) }
    if order == .infinity { return difference.abs().max(axes: axes) }
    return difference.abs().power(order).sum(axes: axes).power(1 / order)
  }
}
