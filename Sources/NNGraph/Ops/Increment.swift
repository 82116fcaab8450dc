import NNCore

/// 1 more than each element of an int64 tensor: counters of batches and steps.
struct Increment: Op {
  static let name = "increment"

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype == .int64 else {
      throw OpError("increment counts in int64, gets \(inputs[0].dtype)")
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
  /// 1 more than each element, for int64 counters; has no gradient.
  public func incremented() -> Value { Increment().apply(self) }
}
