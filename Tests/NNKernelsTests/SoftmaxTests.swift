import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct SoftmaxTests {
  static let shapes = [
    [1, 1, 1], [5, 10, 1], [3, 16, 1], [2, 17, 1], [2, 1000, 1], [1, 2500, 1], [2, 3, 1],
    [2, 4, 5],
    [1, 100, 16], [2, 5, 33], [0, 4, 3], [3, 1, 7],
  ]

  private func oracle(_ values: [Double], _ shape: [Int], logarithm: Bool) -> [Double] {
    var result = values
    let (count, inner) = (shape[1], shape[2])
    for outer in 0..<shape[0] {
      for column in 0..<inner {
        let positions = (0..<count).map { (outer * count + $0) * inner + column }
        let largest = positions.map { values[$0] }.reduce(-.infinity) {
          $0.isNaN || $1.isNaN ? .nan : max($0, $1)
        }
        let total = positions.reduce(0) { $0 + exp(values[$1] - largest) }
        for position in positions {
          let shifted = values[position] - largest
          result[position] = logarithm ? shifted - log(total) : exp(shifted) / total
        }
      }
    }
    return result
  }

  @Test(arguments: KernelTable.all, shapes)
  func agreesWithTheFormula(table: KernelTable, shape: [Int]) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let values: [Real] = numbers(shape.reduce(1, *), scale: 30)
      var result = values
      let kernels = table.kernels
      kernels.softmax(&result, values, shape[0], shape[1], shape[2])
      let wide = values.map { Double($0) }
      expectClose(
        result, oracle(wide, shape, logarithm: false), tolerance: Real.tolerance / 10)
      kernels.log_softmax(&result, values, shape[0], shape[1], shape[2])
      expectClose(result, oracle(wide, shape, logarithm: true), tolerance: Real.tolerance)
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all, [1, 3])
  func treatsInfinitiesAndNaNAsTheFormulaDoes(table: KernelTable, inner: Int) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let rows: [[Real]] = [
        [-.infinity, -.infinity, -.infinity], [1, -.infinity, 2], [1, .nan, 2], [.infinity, 0, 0],
        [1e30, -1e30, 0],
      ]
      let values = rows.flatMap { row in
        row.flatMap { [Real](repeating: $0, count: inner) }
      }
      var result = values
      for logarithm in [false, true] {
        let run = logarithm ? table.kernels.log_softmax : table.kernels.softmax
        run?(&result, values, rows.count, 3, inner)
        expectClose(
          result, oracle(values.map { Double($0) }, [rows.count, 3, inner], logarithm: logarithm),
          tolerance: Real.tolerance)
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all, shapes)
  func argmaxFindsTheFirstLargest(table: KernelTable, shape: [Int]) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (outer, count, inner) = (shape[0], shape[1], shape[2])
      // Few different values, so that equals abound; some columns hold NaN.
      var values = numbers(outer * count * inner, scale: 4, as: type).map { (value: Real) -> Real in
        value.rounded()
      }
      for position in stride(from: 5, to: values.count, by: 13) { values[position] = .nan }
      var result = [Int32](repeating: -1, count: outer * inner)
      table.kernels.argmax(&result, values, outer, count, inner)
      for o in 0..<outer {
        for i in 0..<inner {
          var best = 0
          for c in 1..<max(count, 1) {
            let (value, leader) = (
              values[(o * count + c) * inner + i], values[(o * count + best) * inner + i]
            )
            if value > leader || (value.isNaN && !leader.isNaN) { best = c }
          }
          #expect(result[o * inner + i] == Int32(best))
        }
      }
    }
    check(table.type)
  }
}
