import NNKernels

/// ⌊a⌋
struct Floor: ElementwiseOp {
  static let name = "floor"
  var opcode: nn_opcode { NN_FLOOR }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }
}

extension Value {
  /// The largest integer not above each element; its gradient is 0.
  public func floor() -> Value { Floor().apply(self) }
}
