public import NNCore

/// 1 where an int32 label equals (or differs from) a given one, else 0.
struct CompareLabels: KernelOp {
  static let name = "compareLabels"
  let label: Int32
  /// Whether equal labels are marked with 1; else different ones.
  let marksEqual: Bool
  let dtype: DType

  var attributes: Attributes { ["label": .int(Int(label)), "equal": .bool(marksEqual)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype == .int32, dtype.isFloatingPoint else {
      throw OpError(
        "labels are int32 and their mask a float type, got \(inputs[0].dtype), \(dtype)")
    }
    return [TensorType(inputs[0].shape, dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }

  func prepare(_ context: KernelContext) -> Kernel {
    let labels = context.inputs[0].pointer(as: Int32.self)
    let mask = context.outputs[0]
    return dtype == .float32
      ? kernel(labels, mask.pointer(as: Float.self), mask.count)
      : kernel(labels, mask.pointer(as: Double.self), mask.count)
  }

  private func kernel<Scalar: BinaryFloatingPoint>(
    _ labels: UnsafeMutablePointer<Int32>, _ mask: UnsafeMutablePointer<Scalar>, _ count: Int
  ) -> Kernel {
    .elements(count) { [label, marksEqual] elements, _ in
      for index in elements { mask[index] = (labels[index] == label) == marksEqual ? 1 : 0 }
    }
  }
}

extension Value {
  /// 1 where this int32 label equals a given one, else 0; has no gradient.
  public func labelMask(equalTo label: Int, dtype: DType) -> Value {
    CompareLabels(label: Int32(label), marksEqual: true, dtype: dtype).apply(self)
  }
  /// 1 where this int32 label differs from a given one, else 0; has no gradient.
  public func labelMask(notEqualTo label: Int, dtype: DType) -> Value {
    CompareLabels(label: Int32(label), marksEqual: false, dtype: dtype).apply(self)
  }
}
