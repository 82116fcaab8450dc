import CKernels
import Testing

/// Winograd's transforms against the matrices that F(4×4, 3×3) is made of.
struct WinogradTests {
  /// Where polynomials are taken; infinity comes last.
  static let points: [Double] = [0, 0.75, -0.75, 1.5, -1.5]

  /// Aᵀ [4, 6]: coefficient i of a polynomial with these values is their sum weighted by pointⁱ.
  static let result: [[Double]] = (0..<4).map { power in
    points.map { raised($0, power) } + [power == 3 ? 1 : 0]
  }
  /// G [6, 3]: values of a polynomial of degree 2 over the distances to the other points.
  static let weight: [[Double]] =
    points.map { point in
      let distances = points.filter { $0 != point }.reduce(1) { $0 * (point - $1) }
      return (0..<3).map { raised(point, $0) / distances }
    } + [[0, 0, 1]]
  /// Bᵀ [6, 6]: coefficients of Π (x − point) without one factor each, and with all.
  static let image: [[Double]] =
    points.map { point in
      product(points.filter { $0 != point }) + [0]
    } + [product(points)]

  static func raised(_ base: Double, _ power: Int) -> Double {
    (0..<power).reduce(1) { total, _ in total * base }
  }

  static func product(_ roots: [Double]) -> [Double] {
    var polynomial: [Double] = [1]
    for root in roots {
      let scaled: [Double] = polynomial.map { -root * $0 } + [0]
      polynomial = zip([0] + polynomial, scaled).map { $0.0 + $0.1 }
    }
    return polynomial
  }

  static func transposed(_ matrix: [[Double]]) -> [[Double]] {
    matrix[0].indices.map { column in matrix.map { $0[column] } }
  }

  /// Matrix · square · matrixᵀ.
  static func sandwich(_ matrix: [[Double]], _ square: [[Double]]) -> [[Double]] {
    func times(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
      let columns = transposed(b)
      return a.map { row in columns.map { zip(row, $0).reduce(0.0) { $0 + $1.0 * $1.1 } } }
    }
    return times(times(matrix, square), transposed(matrix))
  }

  static let transforms: [(nn_winograd, [[Double]])] = [
    (NN_WINOGRAD_INPUT, image), (NN_WINOGRAD_WEIGHT, weight), (NN_WINOGRAD_RESULT, result),
    (NN_WINOGRAD_COTANGENT, transposed(result)),
    (NN_WINOGRAD_WEIGHT_GRADIENT, transposed(weight)),
  ]

  /// The matrices themselves: they turn products into a convolution.
  @Test func theMatricesConvolve() {
    let square: [Double] = numbers(36)
    let kernel: [Double] = numbers(9, stream: 1)
    func rows(_ values: [Double], _ edge: Int) -> [[Double]] {
      (0..<edge).map { Array(values[$0 * edge..<($0 + 1) * edge]) }
    }
    let (v, u) = (
      Self.sandwich(Self.image, rows(square, 6)), Self.sandwich(Self.weight, rows(kernel, 3))
    )
    let products = zip(v, u).map { zip($0, $1).map(*) }
    let found = Self.sandwich(Self.result, products)
    for y in 0..<4 {
      for x in 0..<4 {
        let expected = (0..<9).reduce(0) { sum, cell in
          sum + kernel[cell] * square[(y + cell / 3) * 6 + x + cell % 3]
        }
        #expect(abs(found[y][x] - expected) < 1e-12)
      }
    }
  }

  @Test(arguments: KernelTable.all)
  func transformsEqualTheirMatrices(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      for (transform, matrix) in Self.transforms {
        let (to, from) = (matrix.count, matrix[0].count)
        for (count, depth) in [(1, 16), (3, 32), (2, 48), (0, 16)] {
          // Tiles that overlap, like those of an image, and tiles with gaps.
          var source = nn_tile_strides(tile: 2 * depth, row: 11 * depth, column: depth)
          var target = nn_tile_strides(tile: depth, row: 7 * to * depth, column: 7 * depth)
          let values: [Real] = numbers((from * 11 + 2 * count) * depth)
          let length = to * to * 7 * depth
          var expected = [Double](repeating: -77, count: length)
          for index in 0..<count {
            for lane in 0..<depth {
              let tile = (0..<from).map { row in
                (0..<from).map {
                  Double(
                    values[
                      index * source.tile + row * source.row + $0 * source.column + lane])
                }
              }
              for (row, line) in Self.sandwich(matrix, tile).enumerated() {
                for (column, value) in line.enumerated() {
                  expected[
                    index * target.tile + row * target.row + column * target.column + lane] =
                    value
                }
              }
            }
          }
          var found = [Real](repeating: -77, count: length)
          table.kernels.winograd(transform, &found, &target, values, &source, count, depth)
          expectClose(found, expected, tolerance: 40 * Real.tolerance, "\(transform)")
        }
      }
    }
    check(table.type)
  }

  /// A kernel turned by 180° is read backwards.
  @Test(arguments: KernelTable.all)
  func tilesAreReadBackwards(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let depth = 32
      let values: [Real] = numbers(9 * depth)
      let turned = (0..<9).reversed().flatMap { values[$0 * depth..<($0 + 1) * depth] }
      var target = nn_tile_strides(tile: 0, row: 6 * depth, column: depth)
      var forward = nn_tile_strides(tile: 0, row: 3 * depth, column: depth)
      var backward = nn_tile_strides(tile: 0, row: -3 * depth, column: -depth)
      var expected = [Real](repeating: -77, count: 36 * depth)
      var found = expected
      table.kernels.winograd(
        NN_WINOGRAD_WEIGHT, &expected, &target, turned, &forward, 1, depth)
      values.withUnsafeBufferPointer { values in
        guard let first = values.baseAddress else { return }
        table.kernels.winograd(
          NN_WINOGRAD_WEIGHT, &found, &target, first + 8 * depth, &backward, 1, depth)
      }
      #expect(found == expected)
    }
    check(table.type)
  }

  /// A part of an image and the padded input for it.
  struct Part: Sendable {
    var channels: Int
    var height: Int
    var width: Int
    var first: (y: Int, x: Int)
    var rows: Int
    var columns: Int
  }

  static let parts = [
    Part(channels: 16, height: 8, width: 8, first: (-1, -1), rows: 10, columns: 10),
    Part(channels: 8, height: 7, width: 5, first: (-2, -1), rows: 12, columns: 10),
    Part(channels: 19, height: 9, width: 11, first: (3, 0), rows: 4, columns: 12),
    Part(channels: 33, height: 6, width: 4, first: (4, -2), rows: 6, columns: 6),
    Part(channels: 3, height: 5, width: 6, first: (-1, 0), rows: 6, columns: 8),
    Part(channels: 9, height: 2, width: 3, first: (0, 0), rows: 4, columns: 4),
    Part(channels: 16, height: 4, width: 4, first: (4, -1), rows: 3, columns: 6),
  ]

  @Test(arguments: KernelTable.all, parts)
  func channelsLastAndBack(table: KernelTable, part: Part) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let pitch = (part.channels + 15) / 16 * 16
      let area = part.height * part.width
      var shape = nn_channels_last(
        channels: Int64(part.channels), height: Int64(part.height), width: Int64(part.width),
        rows: Int64(part.rows), columns: Int64(part.columns), pitch: Int64(pitch),
        first_y: Int64(part.first.y), first_x: Int64(part.first.x))
      let image: [Real] = numbers(part.channels * area)
      var frame = [Real](repeating: 0, count: part.rows * part.columns * pitch)
      var back = [Real](repeating: -77, count: image.count)
      for row in 0..<part.rows {
        for column in 0..<part.columns {
          let (y, x) = (row + part.first.y, column + part.first.x)
          guard 0..<part.height ~= y, 0..<part.width ~= x else { continue }
          for channel in 0..<part.channels {
            let position = (channel * part.height + y) * part.width + x
            frame[(row * part.columns + column) * pitch + channel] = image[position]
            back[position] = image[position]
          }
        }
      }
      var found = [Real](repeating: -77, count: frame.count + 1)
      table.kernels.pad_channels_last(&found, image, &shape)
      #expect(found == frame + [-77])
      var returned = [Real](repeating: -77, count: image.count)
      table.kernels.unpad_channels_last(&returned, found, &shape)
      #expect(returned == back)
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func stacksOfProductsAgreeWithTheirDefinition(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      for (rows, columns, terms) in [(1, 16, 1), (7, 32, 5), (13, 80, 33), (0, 16, 3), (9, 64, 0)] {
        for isTransposed in [false, true] {
          for accumulates in [false, true] {
            let count = 3
            var left: [Real] = numbers(count * (rows * terms + 2) + 1)
            var right: [Real] = numbers(count * (terms * columns + 5) + 1, stream: 1)
            var result: [Real] = numbers(count * (rows * columns + 1) + 1, stream: 2)
            var expected = result.map(Double.init)
            for matrix in 0..<count {
              for row in 0..<rows {
                for column in 0..<columns {
                  let position = matrix * (rows * columns + 1) + row * columns + column
                  var sum = accumulates ? expected[position] : 0
                  for term in 0..<terms {
                    let a = isTransposed ? term * rows + row : row * terms + term
                    sum +=
                      Double(left[matrix * (rows * terms + 2) + a])
                      * Double(right[matrix * (terms * columns + 5) + term * columns + column])
                  }
                  expected[position] = sum
                }
              }
            }
            left.withUnsafeMutableBytes { left in
              right.withUnsafeMutableBytes { right in
                result.withUnsafeMutableBytes { result in
                  var a = nn_matrices(
                    address: left.baseAddress, matrix: rows * terms + 2,
                    row: isTransposed ? 1 : terms, column: isTransposed ? rows : 1)
                  var b = nn_matrices(
                    address: right.baseAddress, matrix: terms * columns + 5, row: columns,
                    column: 1)
                  var c = nn_matrices(
                    address: result.baseAddress, matrix: rows * columns + 1, row: columns,
                    column: 1)
                  table.kernels.products(
                    &c, &a, &b, count, rows, columns, terms, accumulates)
                }
              }
            }
            expectClose(result, expected, tolerance: Real.tolerance * Double(max(1, terms)))
          }
        }
      }
    }
    check(table.type)
  }
}
