import NNCore
import NNKernels

/// Numbers in [0, 1) from the counter-based generator; the seed and the step are read at run time.
///
/// Element e depends on (seed, stream, step, e) alone: see `Philox`.
struct RandomUniform: Op {
  static let name = "randomUniform"
  let type: TensorType
  let stream: UInt32

  var attributes: String { "stream=\(stream)" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0] == TensorType([2], .int64) else {
      throw OpError("randomUniform reads (seed, step) from int64[2], gets \(inputs[0])")
    }
    guard type.dtype.isFloatingPoint else {
      throw OpError("randomUniform gives float32 or float64, not \(type.dtype)")
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
  /// Numbers in [0, 1), multiples of 2⁻²⁴, that depend on (seed, stream, step, element) alone.
  ///
  /// - Parameters:
  ///   - type: Shape and floating-point type of the result.
  ///   - stream: What the numbers are for: each use has a stream of its own.
  ///   - state: int64[2] that holds the seed and the step when the plan runs.
  public func randomUniform(_ type: TensorType, stream: UInt32, state: Value) -> Value {
    add(RandomUniform(type: type, stream: stream), [state])[0]
  }
}
