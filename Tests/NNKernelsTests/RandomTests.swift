import CKernels
import NNCore
import Testing

struct RandomTests {
  @Test(arguments: KernelTable.all)
  func equalsTheGeneratorOfTheCore(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let generator = Philox(seed: 0xDEAD_BEEF_0123_4567, stream: 7, step: 9)
      for (begin, end) in [
        (0, 0), (0, 1), (0, 1000), (3, 70), (5, 6), (31, 97), (1 << 35, (1 << 35) + 67),
      ] {
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
}
