import NNCore

/// Each element of an int64 tensor plus 1, for counters of batches and steps.
struct Increment: KernelOp {
  static let name = "increment"

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype == .int64 else {
      throw OpError("increment takes int64, gets \(inputs[0].dtype)")
    }
    return inputs
  }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }

  func prepare(_ context: KernelContext) -> Kernel {
    let source = context.inputs[0].pointer(as: Int64.self)
    let target = context.outputs[0].pointer(as: Int64.self)
    return .elements(context.outputs[0].count) { elements, _ in
      for index in elements { target[index] = source[index] &+ 1 }
    }
  }
}

extension Value {
  /// Each element plus 1, for int64 counters; has no gradient.
  package func incremented() -> Value { Increment().apply(self) }
}
