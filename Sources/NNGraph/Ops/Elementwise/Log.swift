import NNKernels

/// ln a
struct Log: ElementwiseOp {
  static let name = "log"
  var opcode: nn_opcode { NN_LOG }

  func gradient(_ context: GradientContext) -> [Value?] { [context.cotangent / context.inputs[0]] }
}

extension Value {
  /// The natural logarithm of each element; −∞ at 0, NaN below.
  public func log() -> Value { Log().apply(self) }
}
