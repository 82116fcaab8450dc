import NNKernels

/// −1, 0 or 1
struct Sign: ElementwiseOp {
  static let name = "sign"
  var opcode: nn_opcode { NN_SIGN }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }
}

extension Value {
  /// −1 for negative elements, 1 for positive ones, 0 for zeros; its gradient is 0.
  public func sign() -> Value { Sign().apply(self) }
}
