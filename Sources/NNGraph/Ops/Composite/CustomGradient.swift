import NNCore

/// A value whose gradient a custom rule defines. A plan replaces it by its first input.
struct CustomGradient: ViewOp {
  static let name = "customGradient"
  let rule: Rule

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] { [inputs[0]] }

  func gradient(_ context: GradientContext) -> [Value?] {
    let sources = Array(context.inputs.dropFirst())
    let gradients = rule.gradients(context.cotangent, sources)
    guard gradients.count == sources.count else {
      return context.undefined(
        "a gradient rule returned \(gradients.count) gradients for \(sources.count) sources",
        hint: "return one for each source, nil where it is zero")
    }
    for (gradient, source) in zip(gradients, sources) {
      guard let gradient, !gradient.isPoisoned else { continue }
      guard gradient.dtype == source.dtype,
        gradient.shape.broadcast(with: source.shape) == gradient.shape
      else {
        return context.undefined(
          "a gradient rule returned \(gradient.type) for a source of \(source.type)",
          hint: "return a gradient of the source's type")
      }
    }
    return [nil] + gradients
  }

  func byteOffset(input: TensorType) -> Int { 0 }

  /// A gradient rule, compared by identity.
  final class Rule: Hashable, Sendable {
    let gradients: @Sendable (_ cotangent: Value, _ sources: [Value]) -> [Value?]

    init(_ gradients: @escaping @Sendable (Value, [Value]) -> [Value?]) {
      self.gradients = gradients
    }

    static func == (left: Rule, right: Rule) -> Bool { left === right }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
  }
}

extension Value {
  /// This value with a custom gradient (JAX's `custom_vjp`, PyTorch's `autograd.Function`).
  ///
  /// The gradient does not depend on how this value was computed. It costs nothing at run time.
  ///
  /// ```swift
  /// // Rounds in the forward pass; the gradient passes unchanged (straight-through estimator).
  /// let rounded = (x + 0.5).floor().withGradient(of: [x]) { cotangent, _ in [cotangent] }
  /// ```
  ///
  /// - Parameters:
  ///   - sources: The values that the gradient flows to.
  ///   - gradients: Returns ∂loss/∂source for each source, nil where it is zero, from `cotangent` =
  ///     ∂loss/∂(this value) and the sources. It must not use other values. A gradient that has
  ///     been broadcast is summed back to the source's shape.
  public func withGradient(
    of sources: [Value],
    _ gradients: @escaping @Sendable (_ cotangent: Value, _ sources: [Value]) -> [Value?]
  ) -> Value {
    graph.add(CustomGradient(rule: .init(gradients)), [detached()] + sources)[0]
  }
}
