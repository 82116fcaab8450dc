import NNCore
import NNGraph

/// Every op with sample inputs that cover its edge cases, and inputs that it must reject.
///
/// A new op adds a row; `OpBatteryTests` and others then check its shape rule, its kernel and its
/// gradient.
enum OpCatalog {
  /// The rows for one floating-point type.
  static func rows(_ dtype: DType) -> [OpRow] {
    elementwise(dtype) + structure(dtype) + products(dtype) + pooling(dtype) + indexing(dtype)
      + rowIndexing(dtype) + attention(dtype) + recurrent(dtype) + normalization(dtype)
  }

  // MARK: - Element-wise

  private static func elementwise(_ dtype: DType) -> [OpRow] {
    [
      unary("Abs", dtype) { $0.abs() }, unary("Cos", dtype) { $0.cos() },
      unary("Erf", dtype) { $0.erf() }, unary("Exp", dtype) { $0.exp() },
      unary("Expm1", dtype) { $0.expm1() }, unary("Floor", dtype) { $0.floor() },
      unary("IsFinite", dtype) { $0.isFinite() }, unary("Log", dtype, 0.1...3) { $0.log() },
      unary("Log1p", dtype, -0.9...3) { $0.log1p() }, unary("Negate", dtype) { -$0 },
      unary("ReLU", dtype) { $0.relu() },
      unary("Reciprocal", dtype, 0.3...3) { $0.reciprocal() },
      unary("Sigmoid", dtype, -20...20) { $0.sigmoid() }, unary("Sign", dtype) { $0.sign() },
      unary("Sin", dtype, -9...9) { $0.sin() },
      unary("Softplus", dtype, -40...40) { $0.softplus() },
      unary("Sqrt", dtype, 0.1...4) { $0.sqrt() }, unary("Square", dtype) { $0.square() },
      unary("Tanh", dtype, -5...5) { $0.tanh() },
      unary("GELU", dtype, -5...5) { $0.gelu(approximation: .none) },
      unary("GELU", dtype, -5...5) { $0.gelu(approximation: .tanh) },
      binary("GELUGradient", dtype, -4...4) { $0.geluGradient(at: $1, approximation: .none) },
      binary("GELUGradient", dtype, -4...4) { $0.geluGradient(at: $1, approximation: .tanh) },
      unary("Detach", dtype) { $0.detached() }.withoutGradient,
      unary("Step", dtype) { $0.step() }.withoutGradient,
      binary("Add", dtype) { $0 + $1 }, binary("Subtract", dtype) { $0 - $1 },
      binary("Multiply", dtype) { $0 * $1 }, binary("Divide", dtype, 0.3...3) { $0 / $1 },
      binary("Maximum", dtype) { $0.maximum($1) }, binary("Minimum", dtype) { $0.minimum($1) },
      binary("Power", dtype, 0.3...3) { $0.power($1) }, binary("Equal", dtype) { $0.equals($1) },
      binary("Greater", dtype) { $0.isGreater(than: $1) },
      binary("GreaterEqual", dtype) { $0.isAtLeast($1) },
      binary("ReLUGradient", dtype) { $0.reluGradient(output: $1) },
      ternary("MultiplyAdd", dtype, .numbers) { $2.addingProduct($0, $1) },
      ternary("Select", dtype, .flags) { $0.select($1, $2) },
    ]
  }

  private static func unary(
    _ op: String, _ dtype: DType, _ range: ClosedRange<Double> = -2...2.1,
    _ build: @escaping @Sendable (Value) -> Value
  ) -> OpRow {
    let shapes: [Shape] = [[7], [3, 5], [], [0, 3], [2, 1, 9], [2051]]
    return OpRow(
      op, shapes.map { shape in OpSample([.init(shape, dtype, range)]) { build($0[0]) } },
      refuses: [[TensorType([3], .int32)]])
  }

  private static func binary(
    _ op: String, _ dtype: DType, _ range: ClosedRange<Double> = -2...2.1,
    _ build: @escaping @Sendable (Value, Value) -> Value
  ) -> OpRow {
    let shapes: [(Shape, Shape)] = [
      ([7], [7]), ([3, 5], [5]), ([3, 1], [1, 4]), ([], [6]), ([0, 2], [2]), ([2, 3, 4], [3, 1]),
      ([2051], [1]),
    ]
    let other = range.lowerBound + 0.01...range.upperBound + 0.02
    return OpRow(
      op,
      shapes.map { first, second in
        OpSample([.init(first, dtype, range), .init(second, dtype, other)]) { build($0[0], $0[1]) }
      },
      refuses: [
        [TensorType([3], dtype), TensorType([4], dtype)],
        [TensorType([3], .float32), TensorType([3], .float64)],
      ])
  }

  private static func ternary(
    _ op: String, _ dtype: DType, _ contents: OpSample.Contents,
    _ build: @escaping @Sendable (Value, Value, Value) -> Value
  ) -> OpRow {
    let shapes: [(Shape, Shape, Shape)] = [
      ([7], [7], [7]), ([3, 1], [5], [3, 5]), ([], [4], []), ([1030], [1030], [1]),
    ]
    return OpRow(
      op,
      shapes.map { first, second, third in
        OpSample(
          [.init(first, dtype, contents: contents), .init(second, dtype), .init(third, dtype)]
        ) { build($0[0], $0[1], $0[2]) }
      },
      refuses: [[TensorType([3], dtype), TensorType([4], dtype), TensorType([3], dtype)]])
  }

  // MARK: - Shapes, reductions, concatenation

  private static func structure(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> [OpSample.Input] { [.init(shape, dtype)] }
    func sample(_ shape: Shape, _ build: @escaping @Sendable (Value) -> Value) -> OpSample {
      OpSample([.init(shape, dtype)]) { build($0[0]) }
    }
    func integers(_ count: Int, _ type: DType, below bound: Int) -> OpSample {
      OpSample([.init([count], type, contents: .integers(below: bound))]) {
        $0[0].converted(to: dtype)
      }
    }
    return [
      OpRow(
        "Reshape",
        [
          sample([2, 3]) { $0.reshaped(to: [6]) }, sample([1, 1]) { $0.reshaped(to: []) },
          sample([0]) { $0.reshaped(to: [0, 5]) },
        ], refuses: [[TensorType([7], dtype)]]),
      OpRow(
        "BroadcastTo",
        [
          sample([4]) { $0.broadcast(to: [3, 4]) }, sample([3, 1]) { $0.broadcast(to: [3, 4]) },
          sample([1, 4]) { $0.broadcast(to: [0, 4]) },
        ], refuses: [[TensorType([3], dtype)]]),
      OpRow(
        "Permute",
        [
          sample([5, 3]) { $0.permuted([1, 0]) }, sample([2, 3, 4]) { $0.permuted([2, 0, 1]) },
          sample([2, 1, 3, 0]) { $0.permuted([0, 2, 1, 3]) },
          sample([70, 65]) { $0.permuted([1, 0]) },
        ], refuses: [[TensorType([3], dtype)]]),
      OpRow(
        "Slice", [sample([9]) { $0.slice(at: 2, shape: [2, 3]) }],
        refuses: [[TensorType([7], dtype)], [TensorType([3, 3], dtype)]]),
      OpRow(
        "Pack",
        [
          OpSample(one([7]) + one([2, 3])) { $0[0].graph.pack($0, offsets: [0, 16], count: 40) }
        ], refuses: [[TensorType([17], dtype), TensorType([1], dtype)]]),
      OpRow(
        "Reduce",
        [
          sample([3, 5]) { $0.sum(axes: [0, 1]) }, sample([3, 5]) { $0.sum(axes: [1]) },
          sample([3, 5]) { $0.sum(axes: [0], keepDimensions: true) },
          sample([0, 2]) { $0.sum(axes: [0]) }, sample([2, 3, 4]) { $0.sum(axes: [0, 2]) },
          sample([4, 6]) { $0.max(axes: [1]) }, sample([4, 6]) { $0.min(axes: [0]) },
          sample([4, 6]) { $0.max(axes: [0, 1]) }, sample([100_003]) { $0.sum(axes: [0]) },
          sample([3000, 37]) { $0.sum(axes: [0]) }, sample([300, 411]) { $0.sum(axes: [1]) },
        ], refuses: [[TensorType([3], .int32)]], by: sample([]) { $0.sum() }),
      OpRow(
        "EuclideanNorm",
        [[7], [3, 5], [70_001]].map { (shape: Shape) in sample(shape) { $0.norm() } },
        refuses: [[TensorType([3], .int32)]]),
      OpRow(
        "Moments",
        [
          sample([5, 37]) { $0.moments(axes: [0]).mean },
          sample([3, 2051]) { $0.moments(axes: [1]).mean },
          sample([3, 4, 5, 5]) { $0.moments(axes: [0, 2, 3]).mean },
          sample([7, 19, 3]) { $0.moments(axes: [0, 2]).mean },
          sample([2, 3, 4]) { $0.moments(axes: [1, 2]).mean },
          sample([3, 11]) { $0.moments(axes: [0, 1]).mean },
        ], refuses: [[TensorType([3], .int32)], [TensorType([], dtype)]]),
      OpRow(
        "Concat",
        [
          OpSample(one([2, 3]) + one([2, 1]) + one([2, 0])) { .concatenated($0, axis: 1) },
          OpSample(one([2, 3]) + one([1, 3])) { .concatenated($0, axis: 0) },
          OpSample(one([2, 3, 2]) + one([2, 2, 2])) { .concatenated($0, axis: 1) },
        ],
        refuses: [
          [TensorType([2, 3], dtype), TensorType([3, 3], dtype)], [TensorType([4], dtype)],
        ]),
      OpRow(
        "Narrow",
        [
          sample([2, 5]) { $0.narrowed(to: 1..<3, axis: 1) },
          sample([3, 2, 2]) { $0.narrowed(to: 0..<2, axis: 0) },
          sample([3, 2]) { $0.narrowed(to: 1..<1, axis: 0) },
        ], refuses: [[TensorType([3, 2], dtype)], [TensorType([3], dtype)]]),
      OpRow(
        "Convert",
        [
          sample([3, 7]) { $0.convertedCopy(to: .float64) }, integers(9, .int32, below: 9),
          integers(9, .int64, below: 9), integers(17, .uint8, below: 255),
          integers(5, .bool, below: 2),
        ], refuses: []),
    ]
  }
}
