import NNCore
import NNKernels

/// √Σx² over all elements, also where squares overflow or become zero.
///
/// The sum is that of the fused reduction; only where it is not finite, or so small that summands may
/// be lost, the elements are read again, relative to the largest.
struct EuclideanNorm: Op {
  static let name = "euclideanNorm"

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    guard inputs[0].dtype.isFloatingPoint else {
      throw OpError("a norm takes float32 or float64, gets \(inputs[0].dtype)")
    }
    return [TensorType([], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent * (context.inputs[0] / context.output)]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (elements, output) = (context.inputs[0], context.outputs[0])
    let sum = Self.sumOfSquares(elements.type).prepare(context)
    return elements.type.dtype == .float32
      ? sum.then(.serial { Self.finish(elements.pointer(as: Float.self), elements.count, output) })
      : sum.then(.serial { Self.finish(elements.pointer(as: Double.self), elements.count, output) })
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    Self.sumOfSquares(inputs[0])
      .scratchByteCount(inputs: inputs, outputs: outputs, workers: workers)
  }

  private static func sumOfSquares(_ input: TensorType) -> FusedReduce {
    FusedReduce(
      kind: .sum, reduced: input.shape.dimensions.map { _ in true },
      program: ElementwiseProgram(
        space: input.shape, operands: [.init(broadcasting: input.shape, to: input.shape)],
        instructions: [.init(opcode: NN_SQUARE, operands: [0])], outputs: []),
      register: 1, output: TensorType([], input.dtype))
  }

  /// Makes the norm of the sum of squares that `output` holds.
  private static func finish<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ elements: UnsafePointer<Scalar>, _ count: Int, _ output: Buffer
  ) {
    let result = output.pointer(as: Scalar.self)
    result.pointee =
      isExact(result.pointee)
      ? result.pointee.squareRoot() : Scalar(scaled(elements, count))
  }

  /// Whether a sum of squares in this type is the whole sum: finite, and so large that squares which
  /// have become zero do not matter. NaN is what it is.
  static func isExact<Scalar: BinaryFloatingPoint>(_ sum: Scalar) -> Bool {
    // About 1e-24 in Float32, where a square is lost below 1e-38.
    sum.isNaN || sum.isFinite && sum >= Scalar.leastNormalMagnitude * 0x1p46
  }

  /// √Σx² in Float64, relative to the largest magnitude.
  static func scaled<Scalar: BinaryFloatingPoint>(
    _ elements: UnsafePointer<Scalar>, _ count: Int
  ) -> Double {
    var largest = 0.0
    for index in 0..<count {
      let magnitude = Double(elements[index].magnitude)
      if magnitude.isNaN { return .nan }
      largest = max(largest, magnitude)
    }
    guard largest > 0, largest.isFinite else { return largest }
    var sum = 0.0
    for index in 0..<count {
      let share = Double(elements[index]) / largest
      sum += share * share
    }
    return largest * sum.squareRoot()
  }
}

extension Value {
  /// (Σ|x|^p)^(1/p) over all elements as a scalar, also where powers of elements overflow or become
  /// zero; the largest magnitude for an infinite p.
  ///
  /// - Parameter order: p, positive; 2 (default) gives the Euclidean norm.
  public func norm(order: Double = 2) -> Value {
    switch order {
    case .infinity: return abs().max()
    case 1: return abs().sum()
    case 2: return EuclideanNorm().apply(self)
    default:
      let largest = abs().max().detached()
      let isZero = largest.equals(largest.graph.constant(0, dtype: dtype))
      let shares = abs() / isZero.select(1, largest)
      return shares.power(order).sum().power(1 / order) * largest
    }
  }
}
