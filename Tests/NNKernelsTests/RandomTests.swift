import CKernels
import NNCore
import Testing

struct RandomTests {
  private static let generator = Philox(seed: 0xDEAD_BEEF_0123_4567, stream: 7, step: 9)
  private static let ranges = [
    (0, 0), (0, 1), (0, 1000), (3, 70), (5, 6), (31, 97), (1 << 35, (1 << 35) + 67),
  ]

  @Test(arguments: KernelTable.all)
  func equalsTheGeneratorOfTheCore(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let generator = Self.generator
      for (begin, end) in Self.ranges {
        var result = [Real](repeating: -1, count: end - begin + 1)
        table.kernels.random_uniform(
          &result, generator.seed, generator.stream, generator.step, UInt64(begin), UInt64(end))
        #expect(result[end - begin] == -1)
        for index in begin..<end {
          #expect(Double(result[index - begin]) == generator.uniform(index))
        }
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func preciseNumbersEqualTheGeneratorOfTheCore(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let generator = Self.generator
      for (begin, end) in Self.ranges {
        var result = [Real](repeating: -1, count: end - begin + 1)
        table.kernels.random_precise(
          &result, generator.seed, generator.stream, generator.step, UInt64(begin), UInt64(end))
        #expect(result[end - begin] == -1)
        for index in begin..<end {
          #expect(result[index - begin] == Real(generator.preciseUniform(index)))
        }
      }
    }
    check(table.type)
  }
}
