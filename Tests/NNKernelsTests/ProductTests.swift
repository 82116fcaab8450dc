import CKernels
import Testing

/// Sizes around the borders of tiles: rows, columns, terms.
struct ProductSize: Sendable, CustomTestStringConvertible {
  let rows: Int
  let columns: Int
  let terms: Int

  var testDescription: String { "\(rows)×\(columns)×\(terms)" }

  static let all: [ProductSize] =
    [0, 1, 2, 3, 4, 7, 8, 13, 16].flatMap { rows in
      [1, 5, 16, 31, 48, 61, 100].flatMap { columns in
        [0, 1, 9, 33].map { ProductSize(rows: rows, columns: columns, terms: $0) }
      }
    } + [
      ProductSize(rows: 9, columns: 50, terms: 512), ProductSize(rows: 5, columns: 17, terms: 1100),
    ]
}

struct ProductTests {
  @Test(arguments: KernelTable.all)
  func productsOfOverlappingRowsAgreeWithTheirDefinition(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      for size in ProductSize.all {
        for isTransposed in [false, true] {
          let left: [Real] = numbers(size.rows * size.terms)
          // Rows overlap and come in no order.
          let offsets = (0..<size.terms).map { Int32($0 * 37 % 101) }
          let right: [Real] = numbers(101 + size.columns, stream: 1)
          let pitch = size.columns + 3
          let start: [Real] = numbers(size.rows * pitch, stream: 2)
          for accumulates in [false, true] {
            var expected = start.map(Double.init)
            for row in 0..<size.rows {
              for column in 0..<size.columns {
                var sum = accumulates ? expected[row * pitch + column] : 0
                for term in 0..<size.terms {
                  let a = left[isTransposed ? term * size.rows + row : row * size.terms + term]
                  sum += Double(a) * Double(right[Int(offsets[term]) + column])
                }
                expected[row * pitch + column] = sum
              }
            }
            var result = start
            left.withUnsafeBytes { left in
              let tile = Int(table.kernels.tile_rows)
              let (row, column) = isTransposed ? (1, size.rows) : (size.terms, 1)
              var matrix = nn_left_matrix(
                address: left.baseAddress, block_stride: tile * row, row_stride: row,
                column_stride: column)
              table.kernels.product(
                &result, pitch, &matrix, right, offsets, size.rows, size.columns, size.terms,
                accumulates)
            }
            expectClose(
              result, expected, tolerance: Real.tolerance * Double(max(1, size.terms)))
          }
        }
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func productsAlongRowsAgreeWithTheirDefinition(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      for size in ProductSize.all where size.columns <= 31 {
        let segments = size.rows % 3 + 1
        let left: [Real] = numbers(segments * size.rows * (size.terms + 2))
        let offsets = (0..<size.columns).map { Int32($0 * 37 % 101) }
        let right: [Real] = numbers(segments * 150 + size.terms, stream: 1)
        let pitch = size.columns + 3
        let start: [Real] = numbers(size.rows * pitch, stream: 2)
        for accumulates in [false, true] {
          var expected = start.map(Double.init)
          for row in 0..<size.rows {
            for column in 0..<size.columns {
              var sum = accumulates ? expected[row * pitch + column] : 0
              for segment in 0..<segments {
                for term in 0..<size.terms {
                  let a = left[(segment * size.rows + row) * (size.terms + 2) + term]
                  sum += Double(a) * Double(right[segment * 150 + Int(offsets[column]) + term])
                }
              }
              expected[row * pitch + column] = sum
            }
          }
          var result = start
          var shape = nn_segments(
            count: segments, length: size.terms, left_row: size.terms + 2,
            left_stride: size.rows * (size.terms + 2), right_stride: 150)
          table.kernels.product_transposed(
            &result, pitch, left, right, offsets, size.rows, size.columns, &shape, accumulates)
          expectClose(
            result, expected, tolerance: Real.tolerance * Double(max(1, size.terms)))
        }
      }
    }
    check(table.type)
  }
}
