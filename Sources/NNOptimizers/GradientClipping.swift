public import NNGraph

/// Limits on a gradient before it is used.
public enum GradientClipping: Sendable, Hashable {
  /// Scales the whole gradient by maximum/(norm + 1e-6) where that is below 1 (PyTorch's
  /// `clip_grad_norm_`). `order` 2 is the Euclidean norm, 1 the sum of magnitudes, infinity the
  /// largest magnitude.
  case norm(maximum: Double, order: Double = 2)
  /// Moves each element into ±`limit` (PyTorch's `clip_grad_value_`).
  case value(limit: Double)

  /// Adds the clipping to the graph.
  ///
  /// - Parameter gradient: All gradients in one tensor; zeros between them do not count.
  /// - Returns: The clipped gradient, and the norm before clipping (Euclidean for `value`).
  public func callAsFunction(_ gradient: Value) -> (gradient: Value, norm: Value) {
    switch self {
    case .norm(let maximum, let order):
      let norm = gradient.norm(order: order)
      let factor = (maximum / (norm + 1e-6)).minimum(1)
      return (gradient * factor, norm)
    case .value(let limit):
      return (gradient.maximum(-limit).minimum(limit), gradient.norm())
    }
  }

  /// (Σ|g|^order)^(1/order) as a scalar; the largest magnitude for an infinite order.
  public static func norm(of gradient: Value, order: Double = 2) -> Value {
    gradient.norm(order: order)
  }
}
