import NNCore
import NNKernels

/// Uniform random numbers in [0, 1) from the counter-based generator Philox; seed and step are read
/// at run time.
///
/// Element e depends only on (seed, stream, step, e): see `Philox`.
struct RandomUniform: KernelOp {
  static let name = "randomUniform"
  let type: TensorType
  let stream: UInt32

  var attributes: Attributes {
    ["shape": .ints(type.shape.dimensions), "stream": .int(Int(stream))]
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0] == TensorType([2], .int64) else {
      throw OpError("randomUniform reads (seed, step) from int64[2], gets \(inputs[0])")
    }
    guard type.dtype.isFloatingPoint else {
      throw OpError("randomUniform returns float32 or float64, not \(type.dtype)")
    }
    return [type]
  }

  func gradient(_ context: GradientContext) -> [Value?] { [nil] }

  func prepare(_ context: KernelContext) -> Kernel {
    let state = context.inputs[0].pointer(as: Int64.self)
    let target = context.outputs[0]
    let loops = context.loops
    return .elements(target.count) { [stream] elements, _ in
      loops.pointee.random_uniform(
        target.address + elements.lowerBound * target.type.dtype.byteCount,
        UInt64(bitPattern: state[0]), stream, UInt32(truncatingIfNeeded: state[1]),
        UInt64(elements.lowerBound), UInt64(elements.upperBound))
    }
  }
}

extension Graph {
  /// Uniform random numbers in [0, 1), multiples of 2⁻²⁴, that depend only on (seed, stream, step,
  /// element).
  ///
  /// - Parameters:
  ///   - type: Shape and floating-point type of the result.
  ///   - stream: Distinguishes independent uses of random numbers; by default the next stream that
  ///     this graph does not use yet.
  ///   - state: int64[2] that holds the seed and the step when the plan runs.
  public func randomUniform(
    _ type: TensorType, stream: UInt32? = nil, state: Value
  ) -> Value {
    let stream = stream ?? nextRandomStream
    nextRandomStream = max(nextRandomStream, stream &+ 1)
    return add(RandomUniform(type: type, stream: stream), [state])[0]
  }
}
