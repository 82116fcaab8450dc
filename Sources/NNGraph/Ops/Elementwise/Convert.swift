public import NNCore
import NNKernels

/// The same numbers as float32 or float64.
struct Convert: KernelOp {
  static let name = "convert"
  let dtype: DType

  var attributes: Attributes { ["dtype": .string("\(dtype)")] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard dtype.isFloatingPoint else {
      throw OpError("a graph converts to float32 or float64, not to \(dtype)")
    }
    return [TensorType(inputs[0].shape, dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let source = context.inputs[0].dtype
    return [source.isFloatingPoint ? context.cotangent.converted(to: source) : nil]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let loops = context.loops
    let code: nn_dtype =
      switch source.type.dtype {
      case .float32: NN_FLOAT32
      case .float64: NN_FLOAT64
      case .int32: NN_INT32
      case .int64: NN_INT64
      case .uint8, .bool: NN_UINT8
      }
    return .elements(source.count) { elements, _ in
      loops.pointee.convert(
        target.address + elements.lowerBound * target.type.dtype.byteCount,
        source.address + elements.lowerBound * source.type.dtype.byteCount, code.rawValue,
        elements.count)
    }
  }
}

extension Value {
  /// The same numbers as float32 or float64, rounded to nearest.
  public func converted(to dtype: DType) -> Value {
    dtype == self.dtype && !isPoisoned ? self : convertedCopy(to: dtype)
  }

  /// The same numbers as float32 or float64, computed by an op even if this value has that type.
  package func convertedCopy(to dtype: DType) -> Value { Convert(dtype: dtype).apply(self) }
}
