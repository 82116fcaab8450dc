import NNKernels

/// 1 / a
struct Reciprocal: ElementwiseOp {
  static let name = "reciprocal"
  var opcode: nn_opcode { NN_RECIPROCAL }

  func gradient(_ context: GradientContext) -> [Value?] {
    [-(context.cotangent * context.output.square())]
  }
}

extension Value {
  /// 1 divided by each element.
  public func reciprocal() -> Value { Reciprocal().apply(self) }
}
