import NNCore
import NNKernels

/// √Σx² over all elements, robust against overflow and underflow of the squares.
///
/// The sum is computed by the fused reduction. Only if it is not finite, or so small that terms may
/// have underflowed, are the elements read again and scaled by the largest magnitude.
struct EuclideanNorm: KernelOp {
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

  /// Replaces the sum of squares in `output` by the norm.
  private static func finish<Scalar: TensorScalar & BinaryFloatingPoint>(
    _ elements: UnsafePointer<Scalar>, _ count: Int, _ output: Buffer
  ) {
    let result = output.pointer(as: Scalar.self)
    result.pointee =
      isExact(result.pointee)
      ? result.pointee.squareRoot() : Scalar(scaled(elements, count))
  }

  /// Whether a sum of squares is accurate: finite, and so large that squares that underflowed to
  /// zero do not matter. NaN counts as accurate.
  static func isExact<Scalar: BinaryFloatingPoint>(_ sum: Scalar) -> Bool {
    // About 1e-24 in Float32, where squares below 1e-38 underflow.
    sum.isNaN || sum.isFinite && sum >= Scalar.leastNormalMagnitude * 0x1p46
  }

  /// √Σx² in Float64, scaled by the largest magnitude.
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
  /// The p-norm (Σ|x|^p)^(1/p) over all elements as a scalar, robust against overflow and underflow
  /// of powers; the largest magnitude for an infinite p.
  ///
  /// - Parameter order: p, positive; 2 (default) for the Euclidean norm.
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
