import NNLessons
import Testing

@Suite struct MemoryLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("memory", figure)
  }

  @Test func plainNetworkGuesses() throws {
    #expect(try measure("accuracy, RNN") <= 0.45)
    #expect(try measure("loss, RNN") >= 1)
    // The effect of the symbol is gone at the end.
    #expect(try measure("distance left 20 steps after the mark, RNN") <= 0.2)
  }

  @Test(arguments: ["LSTM", "GRU"])
  func gatedNetworksRemember(name: String) throws {
    #expect(try measure("accuracy, \(name)") >= 0.98)
    #expect(try measure("loss, \(name)") <= 0.1)
    #expect(try measure("distance left 20 steps after the mark, \(name)") >= 0.5)
  }

  @Test func gatesComputedByHandEqualTheNetworks() throws {
    #expect(
      try measure("largest difference between computed state and network's state") <= 1e-5)
    let open = try measure("input gate that the mark opens most, at the mark")
    let usual = try measure("the same gate at the other steps, mean")
    #expect(open > usual + 0.2 && open <= 1)
    #expect((0.5...1).contains(try measure("mean forget gate after the mark")))
  }
}
