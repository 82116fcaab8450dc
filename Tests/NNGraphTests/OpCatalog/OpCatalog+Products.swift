import NNCore
import NNGraph

extension OpCatalog {
  /// Matrix products and convolutions.
  static func products(_ dtype: DType) -> [OpRow] {
    matrixProducts(dtype) + convolutions(dtype) + winograd(dtype)
  }

  // MARK: - Matrix products

  private static func matrixProducts(_ dtype: DType) -> [OpRow] {
    func product(
      _ a: Shape, _ b: Shape, transposeA: Bool = false, transposeB: Bool = false
    ) -> OpSample {
      OpSample([.init(a, dtype), .init(b, dtype)]) {
        $0[0].matMul($0[1], transposeA: transposeA, transposeB: transposeB)
      }
    }
    func packed(_ left: Shape, _ panels: Int, columns: Int) -> OpSample {
      OpSample([.init(left, dtype), .init([panels], dtype)]) {
        $0[0].packedMatMul($0[1], columns: columns)
      }
    }
    func types(_ a: Shape, _ b: Shape) -> [TensorType] {
      [TensorType(a, dtype), TensorType(b, dtype)]
    }
    return [
      OpRow(
        "MatMul",
        [
          product([3, 4], [4, 5]), product([1, 1], [1, 1]),
          product([4, 3], [4, 5], transposeA: true), product([3, 4], [5, 4], transposeB: true),
          product([4, 3], [5, 4], transposeA: true, transposeB: true),
          product([2, 3, 4], [2, 4, 2]), product([2, 1, 2, 3], [3, 3, 2]),
          product([2, 3, 2], [4, 3], transposeA: true, transposeB: true),
          product([0, 4], [4, 5]), product([3, 0], [0, 5]),
          // Split by rows, by columns, by the sums, by matrices.
          product([300, 130], [130, 70]), product([40, 100], [600, 100], transposeB: true),
          product([2, 3, 4], [4, 5]), product([2, 1, 3, 4], [5, 4], transposeB: true),
          product([4160, 32], [4160, 31], transposeA: true), product([9, 65, 64], [9, 64, 63]),
          product([2, 200, 64], [2, 64, 100]),
        ],
        refuses: [
          types([3, 4], [5, 4]), types([4], [4, 2]), types([2, 3, 4], [3, 4, 2]),
          [TensorType([2, 2], .float32), TensorType([2, 2], .float64)],
        ]),
      OpRow(
        "PackMatrix",
        [false, true].flatMap { isTransposed in
          [[48, 50], [5, 96], [3, 7], [96, 5]].map { (shape: Shape) in
            OpSample([.init(shape, dtype)]) { $0[0].packedMatrix(isTransposed: isTransposed) }
          }
        }, refuses: []
      ).withoutGradient,
      OpRow(
        "PackedMatMul",
        [
          packed([13, 21], 2 * 48 * 21, columns: 50),
          packed([2, 13, 21], 2 * 48 * 21, columns: 50),
          packed([300, 70], 2 * 48 * 70, columns: 96),
        ], refuses: []
      ).withoutGradient,
    ]
  }
}
