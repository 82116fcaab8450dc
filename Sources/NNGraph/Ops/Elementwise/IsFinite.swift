import NNKernels

/// 1 where a is neither infinite nor NaN, else 0
struct IsFinite: ElementwiseOp {
  static let name = "isFinite"
  var opcode: nn_opcode { NN_IS_FINITE }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }
}

extension Value {
  /// 1 where the element is neither infinite nor NaN, else 0; has no gradient.
  public func isFinite() -> Value { IsFinite().apply(self) }
}
