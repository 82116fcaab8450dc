import CKernels
import Testing

struct MomentsTests {
  /// [outer, kept, inner]: planes, rows, columns, a single element, tails of vectors and blocks.
  static let shapes = [
    [1, 1, 1], [1, 3, 7], [5, 37, 1], [3, 70, 1], [7, 19, 3], [4, 5, 15], [2, 3, 16], [3, 2, 49],
    [1, 4, 1029], [6, 2, 2051],
  ]

  @Test(arguments: KernelTable.all, shapes)
  func agreeWithTheirDefinition(table: KernelTable, shape: [Int]) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (outer, kept, inner) = (shape[0], shape[1], shape[2])
      // A mean that is large compared with the standard deviation.
      let source: [Real] = (numbers(outer * kept * inner) as [Real]).map { $0 + 100 }
      var means = [Double](repeating: 0, count: kept)
      var variances = means
      for element in 0..<kept {
        let values = (0..<outer * inner).map { index in
          Double(source[(index / inner * kept + element) * inner + index % inner])
        }
        means[element] = values.reduce(0, +) / Double(values.count)
        variances[element] =
          values.reduce(0) { $0 + ($1 - means[element]) * ($1 - means[element]) }
          / Double(values.count)
      }
      var mean = [Real](repeating: -77, count: kept)
      var variance = mean
      // Two parts have the same results as one.
      let middle = kept / 2
      table.kernels.moments(&mean, &variance, source, outer, kept, inner, 0, middle)
      #expect(mean.dropFirst(middle).allSatisfy { $0 == -77 })
      table.kernels.moments(&mean, &variance, source, outer, kept, inner, middle, kept)
      expectClose(mean, means, tolerance: Real.tolerance)
      expectClose(variance, variances, tolerance: 10 * Real.tolerance)
    }
    check(table.type)
  }

  /// Squares that overflow in the vectors' type, though the variance does not; and a variance that
  /// does: NaN, since 1/√∞ would make zeros of everything.
  @Test(arguments: KernelTable.all, [[1, 2, 1100], [3, 2, 20], [40, 2, 3]])
  func largeNumbersHaveTheirVarianceOrNone(table: KernelTable, shape: [Int]) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (outer, kept, inner) = (shape[0], shape[1], shape[2])
      let unit = Real.greatestFiniteMagnitude.squareRoot()
      func moments(_ scale: Real) -> (mean: [Real], variance: [Real]) {
        let source = (numbers(outer * kept * inner, scale: 1) as [Real]).map { ($0 + 0.5) * scale }
        var (mean, variance) = (
          [Real](repeating: 0, count: kept), [Real](repeating: 0, count: kept)
        )
        table.kernels.moments(&mean, &variance, source, outer, kept, inner, 0, kept)
        return (mean, variance)
      }
      let (mean, variance) = moments(1)
      let tolerance = 20 * Real.tolerance
      let few = moments(unit)
      expectClose(few.mean.map { $0 / unit }, mean.map(Double.init), tolerance: tolerance)
      if Real.self == Float.self {
        expectClose(
          few.variance.map { $0 / unit / unit }, variance.map(Double.init), tolerance: tolerance)
      } else {
        // Sums of squares in Float64 may overflow as well; then the variance is NaN.
        #expect(
          zip(few.variance, variance).allSatisfy { $0.isNaN || abs($0 / unit / unit - $1) < 1e-12 })
      }
      #expect(moments(unit * 4).variance.allSatisfy { $0.isNaN })
      let far = moments(.greatestFiniteMagnitude / 2)
      #expect(far.variance.allSatisfy { $0.isNaN })
      if Real.self == Float.self {
        expectClose(
          far.mean.map { $0 / (.greatestFiniteMagnitude / 2) }, mean.map(Double.init),
          tolerance: tolerance)
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all) func notANumberStaysOne(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      var source: [Real] = numbers(3 * 2 * 20)
      source[25] = .nan  // outer 0, kept 1
      var (mean, variance) = ([Real](repeating: 0, count: 2), [Real](repeating: 0, count: 2))
      table.kernels.moments(&mean, &variance, source, 3, 2, 20, 0, 2)
      #expect(mean[0].isFinite && variance[0].isFinite)
      #expect(mean[1].isNaN && variance[1].isNaN)
      table.kernels.moments(&mean, &variance, source, 0, 2, 20, 0, 2)
      #expect(mean.allSatisfy(\.isNaN) && variance.allSatisfy { $0.isNaN })
    }
    check(table.type)
  }
}
