public import NNGraph

/// The losses of a batch's elements or examples, before they are reduced to one number.
public struct ElementLosses {
  /// The losses: [N, …] for N examples.
  public let losses: Value
  /// How much each counts in a mean, of the losses' shape: the weight of its class, 0 where the
  /// label is ignored. Nil where all count alike.
  public let shares: Value?

  /// Creates the losses of elements; by default all count alike in a mean.
  public init(_ losses: Value, shares: Value? = nil) {
    self.losses = losses
    self.shares = shares
  }
}
