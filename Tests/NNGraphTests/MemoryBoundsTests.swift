import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Every op accesses only its own memory, and writes all of its results.
///
/// A plan packs tensors and scratch memory into one block, where such a bug would at worst damage
/// another tensor; here each tensor has its own guard pages.
@Suite struct MemoryBoundsTests {
  @Test func everyOpStaysWithinItsMemory() async {
    let result = await #expect(processExitsWith: .success) {
      for dtype in [DType.float32, .float64] {
        for row in OpCatalog.rows(dtype) {
          for sample in row.samples where !sample.isView {
            LastWords.note("\(sample)", of: "ops")
            let found = try isolated(sample, sample.inputs.map { $0.tensor(seed: 3) })
            for tensor in found where tensor.dtype.isFloatingPoint {
              // What is never written stays NaN, and so does what is computed from it.
              #expect(!tensor.doubles.contains { $0.isNaN }, "\(sample)")
            }
          }
        }
      }
    }
    let last = LastWords.take(of: "ops")
    #expect(result != nil, "the process died in \(last)")
  }
}
