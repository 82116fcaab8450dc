import NNKernels
import Testing

struct BLASCoreTypeTests {
  private static let avx2: Set<String> = ["avx", "avx2", "fma"]
  private static let avx512 = avx2.union([
    "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl",
  ])

  private func better(
    than core: String, _ features: Set<String>, builtIn: Set<String> = []
  ) -> String? {
    let library = builtIn.isEmpty ? ["Haswell", "SkylakeX", "Cooperlake"] : builtIn
    return BLASCoreType.better(than: core, features: features, isBuiltIn: library.contains)
  }

  @Test(arguments: ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen"])
  func narrowLoopsGiveWayToWideOnes(core: String) {
    #expect(better(than: core, Self.avx512) == "SkylakeX")
    #expect(better(than: core, Self.avx512.union(["avx512_bf16"])) == "Cooperlake")
  }

  @Test(arguments: ["SkylakeX", "Cooperlake", "SapphireRapids", "SKYLAKEX"])
  func wideLoopsStay(core: String) {
    #expect(better(than: core, Self.avx512.union(["avx512_bf16"])) == nil)
  }

  @Test func nothingThatTheProcessorLacks() {
    #expect(better(than: "Haswell", Self.avx2) == nil)
    #expect(better(than: "Zen", Self.avx2) == nil)
    #expect(better(than: "Prescott", Self.avx2) == "Haswell")
    #expect(better(than: "Prescott", ["avx"]) == nil)
    // Foundations without the byte and word instructions, as in Knights Landing.
    #expect(better(than: "Haswell", Self.avx2.union(["avx512f", "avx512cd"])) == nil)
  }

  @Test func nothingThatTheLibraryLacks() {
    let all = Self.avx512.union(["avx512_bf16"])
    #expect(better(than: "Prescott", all, builtIn: ["Haswell", "SkylakeX"]) == "SkylakeX")
    #expect(better(than: "Prescott", all, builtIn: ["Haswell"]) == "Haswell")
    #expect(better(than: "Haswell", all, builtIn: ["Haswell"]) == nil)
  }

  @Test func nothingBetterRemainsUnlessTheUserChose() {
    if !BLASCoreType.isChosenByUser { #expect(BLAS.betterCoreName == nil) }
  }
}
