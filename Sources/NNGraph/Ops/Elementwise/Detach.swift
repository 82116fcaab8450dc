import NNKernels

/// a, without a gradient
struct Detach: ElementwiseOp {
  static let name = "detach"
  var opcode: nn_opcode { NN_COPY }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }
}

extension Value {
  /// This value as a constant for differentiation (PyTorch's `detach`).
  public func detached() -> Value { Detach().apply(self) }
}
