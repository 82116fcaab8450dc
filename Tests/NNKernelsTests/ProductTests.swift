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
              let (row, column) = isTransposed ? (1, size.rows) : (size.terms, 1)
              var matrix = nn_left_matrix(
                address: left.baseAddress, row_stride: row, column_stride: column)
              var columns = nn_columns(
                rows: 1, length: size.columns, pitch: 0, has_room: false)
              table.kernels.product_overlapping(
                &result, pitch, &matrix, right, offsets, size.rows, &columns, size.terms,
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
  func productsOfMatricesAgreeWithTheirDefinition(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let large = [
        // Rows of the right side so far apart that they are copied.
        (70, 50, 130, 1100), (64, 17, 3, 1024),
        // A left side whose rows are far apart, in more than one part.
        (131, 33, 140, 33), (203, 61, 65, 61), (128, 100, 300, 103),
      ]
      let sizes = ProductSize.all.map { ($0.rows, $0.columns, $0.terms, $0.columns + 2) } + large
      for (rows, columns, terms, stride) in sizes {
        let right: [Real] = numbers(terms * stride + 16, stream: 1)
        let pitch = columns + 3
        let start: [Real] = numbers(rows * pitch, stream: 2)
        for choice in 0..<4 {
          let (isTransposed, accumulates) = (choice & 1 == 1, choice & 2 == 2)
          let left: [Real] = numbers(rows * terms)
          var expected = start.map(Double.init)
          for row in 0..<rows {
            for column in 0..<columns {
              var sum = accumulates ? expected[row * pitch + column] : 0
              for term in 0..<terms {
                let a = left[isTransposed ? term * rows + row : row * terms + term]
                sum += Double(a) * Double(right[term * stride + column])
              }
              expected[row * pitch + column] = sum
            }
          }
          for hasRoom in [false, true] {
            var result = start
            left.withUnsafeBytes { left in
              right.withUnsafeBytes { right in
                var a = nn_left_matrix(
                  address: left.baseAddress, row_stride: isTransposed ? 1 : terms,
                  column_stride: isTransposed ? rows : 1)
                var b = nn_right_matrix(
                  address: right.baseAddress, row_stride: stride, has_room: hasRoom)
                table.kernels.product(
                  &result, pitch, &a, &b, rows, columns, terms, accumulates)
              }
            }
            expectClose(result, expected, tolerance: Real.tolerance * Double(max(1, terms)))
          }
        }
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func columnsMayLieInRows(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      for (lines, length, hasRoom) in [
        (4, 16, false), (3, 32, false), (5, 32, true), (1, 48, false), (9, 14, true),
        (3, 28, true), (7, 5, true), (2, 37, true), (6, 8, true), (5, 8, true), (8, 4, true),
      ] {
        let (rows, terms, pitch) = (11, 7, length + 5)
        let count = lines * length
        let left: [Real] = numbers(rows * terms)
        let offsets = (0..<terms).map { Int32($0 * 3) }
        let right: [Real] = numbers((lines + 1) * pitch + 3 * terms + 16, stream: 1)
        var expected = [Double](repeating: 0, count: rows * count)
        for index in expected.indices {
          let (row, column) = index.quotientAndRemainder(dividingBy: count)
          let position = column / length * pitch + column % length
          expected[index] = (0..<terms).reduce(0) {
            $0 + Double(left[row * terms + $1]) * Double(right[Int(offsets[$1]) + position])
          }
        }
        var result = [Real](repeating: -77, count: expected.count)
        left.withUnsafeBytes { left in
          var matrix = nn_left_matrix(
            address: left.baseAddress, row_stride: terms, column_stride: 1)
          var columns = nn_columns(
            rows: lines, length: length, pitch: pitch, has_room: hasRoom)
          table.kernels.product_overlapping(
            &result, count, &matrix, right, offsets, rows, &columns, terms, false)
        }
        expectClose(result, expected, tolerance: 10 * Real.tolerance)
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func productsWithATransposedSideAgreeWithTheirDefinition(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      for size in ProductSize.all where size.columns <= 31 {
        let (leftStride, rightStride) = (size.terms + 2, size.terms + 1)
        let left: [Real] = numbers(size.rows * leftStride)
        let right: [Real] = numbers(size.columns * rightStride, stream: 1)
        let pitch = size.columns + 3
        var expected = [Double](repeating: -77, count: size.rows * pitch)
        for row in 0..<size.rows {
          for column in 0..<size.columns {
            expected[row * pitch + column] = (0..<size.terms).reduce(0) {
              $0 + Double(left[row * leftStride + $1]) * Double(right[column * rightStride + $1])
            }
          }
        }
        var result = [Real](repeating: -77, count: expected.count)
        table.kernels.product_transposed(
          &result, pitch, left, leftStride, right, rightStride, size.rows, size.columns,
          size.terms)
        expectClose(result, expected, tolerance: Real.tolerance * Double(max(1, size.terms)))
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func productsOfShiftedImagesAgreeWithTheirDefinition(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      for size in ProductSize.all where size.terms < 100 {
        let (images, lines) = (size.rows % 3 + 1, size.columns % 4 + 1)
        let pitch = size.terms + 3
        let stride = lines * pitch + 101
        let offsets = (0..<size.rows).map { Int32($0 * 37 % 101) }
        let left: [Real] = numbers(images * stride + size.terms)
        let positions = images * lines * size.terms
        let right: [Real] = numbers(positions * size.columns + 16, stream: 1)
        let resultPitch = size.columns + 3
        let start: [Real] = numbers(size.rows * resultPitch, stream: 2)
        for accumulates in [false, true] {
          var expected = start.map(Double.init)
          for row in 0..<size.rows {
            for column in 0..<size.columns {
              var sum = accumulates ? expected[row * resultPitch + column] : 0
              for position in 0..<positions {
                let (line, term) = position.quotientAndRemainder(dividingBy: size.terms)
                let (image, y) = line.quotientAndRemainder(dividingBy: lines)
                let a = left[Int(offsets[row]) + image * stride + y * pitch + term]
                sum += Double(a) * Double(right[position * size.columns + column])
              }
              expected[row * resultPitch + column] = sum
            }
          }
          var result = start
          var segments = nn_segments(
            count: images, rows: lines, length: size.terms, stride: stride, pitch: pitch)
          table.kernels.product_shifted(
            &result, resultPitch, left, offsets, right, size.columns, size.rows, size.columns,
            &segments, accumulates)
          expectClose(
            result, expected, tolerance: Real.tolerance * Double(max(1, positions)))
        }
      }
    }
    check(table.type)
  }
}
