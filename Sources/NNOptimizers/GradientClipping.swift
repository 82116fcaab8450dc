public import NNGraph

/// Gradient clipping.
public enum GradientClipping: Sendable, Hashable {
  /// Scales the whole gradient by maximum/(norm + 1e-6) if that is below 1 (PyTorch's
  /// `clip_grad_norm_`). `order` 2 is the Euclidean norm, 1 the sum of magnitudes, infinity the
  /// largest magnitude.
  case norm(maximum: Double, order: Double = 2)
  /// Clamps each element to ±`limit` (PyTorch's `clip_grad_value_`).
  case value(limit: Double)

  /// Adds the clipping to the graph.
  ///
  /// - Parameter gradient: All gradients in one tensor; the gaps between them are zero.
  /// - Returns: The clipped gradient, and the norm before clipping (the Euclidean norm for
  ///   `value`).
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

  /// Adds the clipping of gradients that are in several tensors, as if they were in one: the norm is
  /// that of all of them together.
  ///
  /// - Parameter gradients: At least one tensor.
  /// - Returns: The clipped gradients in the same order, and the norm before clipping.
  public func callAsFunction(_ gradients: [Value]) -> (gradients: [Value], norm: Value) {
    guard gradients.count > 1 else {
      let clipped = self(gradients[0])
      return ([clipped.gradient], clipped.norm)
    }
    switch self {
    case .norm(let maximum, let order):
      let norm = Self.norm(of: gradients, order: order)
      let factor = (maximum / (norm + 1e-6)).minimum(1)
      return (gradients.map { $0 * factor }, norm)
    case .value(let limit):
      return (
        gradients.map { $0.maximum(-limit).minimum(limit) }, Self.norm(of: gradients, order: 2)
      )
    }
  }

  /// The norm of several tensors together: that of their norms.
  private static func norm(of gradients: [Value], order: Double) -> Value {
    let norms = gradients.map { $0.norm(order: order) }
    return norms[0].graph.pack(norms, offsets: Array(norms.indices), count: norms.count)
      .norm(order: order)
  }

  /// (Σ|g|^order)^(1/order) as a scalar; the largest magnitude for an infinite order.
  public static func norm(of gradient: Value, order: Double = 2) -> Value {
    gradient.norm(order: order)
  }
}
