import NNCore
import NNTestSupport
import Testing

@Suite("sizes that cannot be counted, and texts from files")
struct SizeTests {
  @Test(arguments: [
    ([], 1), ([3, 5], 15), ([1 << 40, 1 << 40], Int.max), ([1 << 62, 2], Int.max),
    ([1 << 40, 1 << 40, 0], 0), ([0, Int.max], 0), ([Int.max], Int.max),
    ([3037000500, 3037000500], Int.max), ([3037000499, 3037000499], 9_223_372_030_926_249_001),
  ])
  func products(extents: [Int], expected: Int) {
    #expect(extents.saturatingProduct == expected)
    #expect(Shape(extents).elementCount == expected)
  }

  @Test func shapes() {
    let shape = Shape([1 << 40, 1 << 40, 2])
    #expect(shape.strides == [1 << 41, 2, 1])
    #expect(Shape([2, 1 << 40, 1 << 40]).strides == [Int.max, 1 << 40, 1])
    #expect(shape.byteCount(of: .float64) == Int.max)
    #expect(Shape([1 << 60]).byteCount(of: .float64) == Int.max)
    #expect(Shape([3]).byteCount(of: .float64) == 24)
    #expect([Int.max, 1].saturatingSum == Int.max)
    #expect([2, 3].saturatingSum == 5)
  }

  @Test(arguments: [
    (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
    (1 << 20, "1.0 MiB"), (5 << 29, "2.5 GiB"), (8_000_000_000_000, "7,450.5 GiB"),
    (Int.max, "more than 8 EiB"),
  ])
  func texts(byteCount: Int, text: String) { #expect(MemoryLimit.text(byteCount) == text) }

  @Test func memory() {
    #expect(MemoryLimit.byteCount > 1 << 26)
    #expect(MemoryLimit.byteCount <= 1 << 44)
    #expect(throws: Never.self) { try MemoryLimit.check(1 << 20, "it") }
    expectError("a.csv: it would take more than 8 EiB; this machine has ", "hint: smaller") {
      try MemoryLimit.check(.max, "it", at: "a.csv", hint: "smaller")
    }
  }

  @Test func shortening() {
    #expect("abc".shortened(to: 3) == "abc")
    #expect("abcd".shortened(to: 3) == "abc… (4 characters)")
  }
}
