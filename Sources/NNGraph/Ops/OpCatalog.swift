package import NNCore

/// Every op with sample inputs that cover its edge cases, and inputs that it must reject.
///
/// A new op adds a row; a suite of tests then checks its shape rule, its kernel and its gradient.
package enum OpCatalog {
  /// The rows for one floating-point type.
  package static func rows(_ dtype: DType) -> [OpRow] {
    elementwise(dtype) + structure(dtype) + products(dtype) + pooling(dtype) + indexing(dtype)
      + attention(dtype) + recurrent(dtype) + normalization(dtype)
  }

  // MARK: - Element-wise

  private static func elementwise(_ dtype: DType) -> [OpRow] {
    [
      unary(Abs(), dtype), unary(Cos(), dtype), unary(Erf(), dtype), unary(Exp(), dtype),
      unary(Expm1(), dtype), unary(Floor(), dtype), unary(IsFinite(), dtype),
      unary(Log(), dtype, 0.1...3), unary(Log1p(), dtype, -0.9...3), unary(Negate(), dtype),
      unary(ReLU(), dtype), unary(Reciprocal(), dtype, 0.3...3), unary(Sigmoid(), dtype, -20...20),
      unary(Sign(), dtype), unary(Sin(), dtype, -9...9), unary(Softplus(), dtype, -40...40),
      unary(Sqrt(), dtype, 0.1...4), unary(Square(), dtype), unary(Tanh(), dtype, -5...5),
      unary(GELU(approximation: .none), dtype, -5...5),
      unary(GELU(approximation: .tanh), dtype, -5...5),
      binary(GELUGradient(approximation: .none), dtype, -4...4),
      binary(GELUGradient(approximation: .tanh), dtype, -4...4),
      unary(Detach(), dtype).withoutGradient, unary(Step(), dtype).withoutGradient,
      binary(Add(), dtype), binary(Subtract(), dtype), binary(Multiply(), dtype),
      binary(Divide(), dtype, 0.3...3), binary(Maximum(), dtype), binary(Minimum(), dtype),
      binary(Power(), dtype, 0.3...3), binary(Equal(), dtype), binary(Greater(), dtype),
      binary(GreaterEqual(), dtype), binary(ReLUGradient(), dtype),
      ternary(MultiplyAdd(), dtype, .numbers), ternary(Select(), dtype, .flags),
    ]
  }

  private static func unary(
    _ op: some ElementwiseOp, _ dtype: DType, _ range: ClosedRange<Double> = -2...2.1
  ) -> OpRow {
    let shapes: [Shape] = [[7], [3, 5], [], [0, 3], [2, 1, 9], [2051]]
    return OpRow(
      op, shapes.map { OpSample(op, [.init($0, dtype, range)]) },
      refuses: [[TensorType([3], .int32)]])
  }

  private static func binary(
    _ op: some ElementwiseOp, _ dtype: DType, _ range: ClosedRange<Double> = -2...2.1
  ) -> OpRow {
    let shapes: [(Shape, Shape)] = [
      ([7], [7]), ([3, 5], [5]), ([3, 1], [1, 4]), ([], [6]), ([0, 2], [2]), ([2, 3, 4], [3, 1]),
      ([2051], [1]),
    ]
    let other = range.lowerBound + 0.01...range.upperBound + 0.02
    return OpRow(
      op, shapes.map { OpSample(op, [.init($0.0, dtype, range), .init($0.1, dtype, other)]) },
      refuses: [
        [TensorType([3], dtype), TensorType([4], dtype)],
        [TensorType([3], .float32), TensorType([3], .float64)],
      ])
  }

  private static func ternary(
    _ op: some ElementwiseOp, _ dtype: DType, _ first: OpSample.Contents
  ) -> OpRow {
    let shapes: [(Shape, Shape, Shape)] = [
      ([7], [7], [7]), ([3, 1], [5], [3, 5]), ([], [4], []), ([1030], [1030], [1]),
    ]
    return OpRow(
      op,
      shapes.map {
        OpSample(
          op, [.init($0.0, dtype, contents: first), .init($0.1, dtype), .init($0.2, dtype)])
      },
      refuses: [[TensorType([3], dtype), TensorType([4], dtype), TensorType([3], dtype)]])
  }

  // MARK: - Shapes, reductions, concatenation

  private static func structure(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> [OpSample.Input] { [.init(shape, dtype)] }
    func reduce(_ kind: Reduce.Kind, _ axes: [Int], _ keeps: Bool = false) -> Reduce {
      Reduce(kind: kind, axes: axes, keepsDimensions: keeps)
    }
    return [
      OpRow(
        Reshape(shape: [6]),
        [
          OpSample(Reshape(shape: [6]), one([2, 3])), OpSample(Reshape(shape: []), one([1, 1])),
          OpSample(Reshape(shape: [0, 5]), one([0])),
        ], refuses: [[TensorType([7], dtype)]]),
      OpRow(
        BroadcastTo(shape: [3, 4]),
        [
          OpSample(BroadcastTo(shape: [3, 4]), one([4])),
          OpSample(BroadcastTo(shape: [3, 4]), one([3, 1])),
          OpSample(BroadcastTo(shape: [0, 4]), one([1, 4])),
        ], refuses: [[TensorType([3], dtype)]]),
      OpRow(
        Permute(order: [1, 0]),
        [
          OpSample(Permute(order: [1, 0]), one([5, 3])),
          OpSample(Permute(order: [2, 0, 1]), one([2, 3, 4])),
          OpSample(Permute(order: [0, 2, 1, 3]), one([2, 1, 3, 0])),
          OpSample(Permute(order: [1, 0]), one([70, 65])),
        ], refuses: [[TensorType([3], dtype)]]),
      OpRow(
        Slice(offset: 2, shape: [2, 3]), [OpSample(Slice(offset: 2, shape: [2, 3]), one([9]))],
        refuses: [[TensorType([7], dtype)], [TensorType([3, 3], dtype)]]),
      OpRow(
        Pack(offsets: [0, 16], count: 40),
        [OpSample(Pack(offsets: [0, 16], count: 40), one([7]) + one([2, 3]))],
        refuses: [[TensorType([17], dtype), TensorType([1], dtype)]]),
      OpRow(
        reduce(.sum, []),
        [
          OpSample(reduce(.sum, [0, 1]), one([3, 5])), OpSample(reduce(.sum, [1]), one([3, 5])),
          OpSample(reduce(.sum, [0], true), one([3, 5])), OpSample(reduce(.sum, [0]), one([0, 2])),
          OpSample(reduce(.sum, [0, 2]), one([2, 3, 4])), OpSample(reduce(.max, [1]), one([4, 6])),
          OpSample(reduce(.min, [0]), one([4, 6])), OpSample(reduce(.max, [0, 1]), one([4, 6])),
          OpSample(reduce(.sum, [0]), one([100_003])),
          OpSample(reduce(.sum, [0]), one([3000, 37])),
          OpSample(reduce(.sum, [1]), one([300, 411])),
        ], refuses: [[TensorType([3], .int32)]]),
      OpRow(
        EuclideanNorm(),
        [
          OpSample(EuclideanNorm(), one([7])), OpSample(EuclideanNorm(), one([3, 5])),
          OpSample(EuclideanNorm(), one([70_001])),
        ], refuses: [[TensorType([3], .int32)]]),
      OpRow(
        Moments(axes: [0]),
        [
          OpSample(Moments(axes: [0]), one([5, 37])), OpSample(Moments(axes: [1]), one([3, 2051])),
          OpSample(Moments(axes: [0, 2, 3]), one([3, 4, 5, 5])),
          OpSample(Moments(axes: [0, 2]), one([7, 19, 3])),
          OpSample(Moments(axes: [1, 2]), one([2, 3, 4])),
          OpSample(Moments(axes: [0, 1]), one([3, 11])),
        ], refuses: [[TensorType([3], .int32)], [TensorType([], dtype)]]),
      OpRow(
        Concat(axis: 1),
        [
          OpSample(Concat(axis: 1), one([2, 3]) + one([2, 1]) + one([2, 0])),
          OpSample(Concat(axis: 0), one([2, 3]) + one([1, 3])),
          OpSample(Concat(axis: 1), one([2, 3, 2]) + one([2, 2, 2])),
        ],
        refuses: [
          [TensorType([2, 3], dtype), TensorType([3, 3], dtype)], [TensorType([4], dtype)],
        ]),
      OpRow(
        Narrow(axis: 1, range: 1..<3),
        [
          OpSample(Narrow(axis: 1, range: 1..<3), one([2, 5])),
          OpSample(Narrow(axis: 0, range: 0..<2), one([3, 2, 2])),
          OpSample(Narrow(axis: 0, range: 1..<1), one([3, 2])),
        ], refuses: [[TensorType([3, 2], dtype)], [TensorType([3], dtype)]]),
      OpRow(
        Convert(dtype: dtype),
        [
          OpSample(Convert(dtype: .float64), one([3, 7])),
          OpSample(Convert(dtype: dtype), [.init([9], .int32, contents: .integers(below: 9))]),
          OpSample(Convert(dtype: dtype), [.init([9], .int64, contents: .integers(below: 9))]),
          OpSample(Convert(dtype: dtype), [.init([17], .uint8, contents: .integers(below: 255))]),
          OpSample(Convert(dtype: dtype), [.init([5], .bool, contents: .integers(below: 2))]),
        ], refuses: []),
    ]
  }
}
