import NNCore
import Testing

@Suite struct PhiloxTests {
  /// The known answers that come with the generator's authors' Random123 library.
  @Test func knownAnswers() {
    let zeros = Philox(seed: 0).block(0)
    #expect(zeros == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = Philox(seed: .max, stream: .max, step: .max).block(.max)
    #expect(ones == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let digits = Philox(seed: 0x299F_31D0_A409_3822, stream: 0x1319_8A2E, step: 0x0370_7344)
    #expect(
      digits.block(0x85A3_08D3_243F_6A88)
        == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func elementsAreWordsOfBlocks() {
    let random = Philox(seed: 7, stream: 3, step: 11)
    for index in 0..<9 {
      #expect(random.bits(index) == random.block(UInt64(index / 4))[index % 4])
      #expect(random.uniform(index) == Double(random.bits(index) >> 8) / 16_777_216)
    }
  }

  @Test(arguments: [0, 1, 2, 3, 17, 1000])
  func permutationsHoldEachNumberOnce(count: Int) {
    let order = Philox(seed: 5, step: 2).permutation(count)
    #expect(order.sorted() == Array(0..<count))
    if count == 1000 {
      #expect(order != Array(0..<count))
      #expect(order != Philox(seed: 5, step: 3).permutation(count))
      #expect(order == Philox(seed: 5, step: 2).permutation(count))
    }
  }

  @Test func normalNumbersHaveTheirMoments() {
    let random = Philox(seed: 1)
    let count = 100_000
    let numbers = (0..<count).map(random.normal)
    let mean = numbers.reduce(0, +) / Double(count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let fourth = numbers.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(count)
    // Five standard errors of each figure.
    #expect(abs(mean) < 5 / Double(count).squareRoot())
    #expect(abs(variance - 1) < 5 * (2 / Double(count)).squareRoot())
    #expect(abs(fourth - 3) < 5 * (96 / Double(count)).squareRoot())
  }

  @Test(arguments: [1, 2, 3, 10, 1 << 40])
  func integersStayBelowTheirBound(bound: Int) {
    let random = Philox(seed: 9)
    let numbers = (0..<1000).map { random.integer($0, below: bound) }
    #expect(numbers.allSatisfy { (0..<bound).contains($0) })
    if bound <= 10 { #expect(Set(numbers).count == bound) }
  }
}
