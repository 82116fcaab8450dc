import Testing

@Suite struct HyperParametersLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("hyper-parameters", figure)
  }

  /// 36 trials: a grid of 6 × 6 repeats its rates, random points do not.
  @Test(arguments: [("grid", 6.0), ("random", 36), ("TPE", 36)])
  func ratesOfEachMethod(_ method: String, _ count: Double) throws {
    #expect(try measure("different learning rates, \(method)") == count)
    #expect((1e-4...1).contains(try measure("its learning rate, \(method)")))
    #expect((1e-6...1).contains(try measure("its weight decay, \(method)")))
  }

  @Test(arguments: ["grid", "random", "TPE"])
  func everyMethodFindsAGoodSetting(_ method: String) throws {
    #expect(try measure("highest of the best losses, \(method)") < 0.4)
    let ordered = try ["lowest", "median", "highest"].map {
      try measure("\($0) of the best losses, \(method)")
    }
    #expect(ordered == ordered.sorted())
    #expect(ordered[0] <= (try measure("best validation loss, \(method)")))
    #expect(ordered[2] >= (try measure("best validation loss, \(method)")))
  }

  /// TPE learns where to look: its later trials are better than points at random.
  @Test func laterTrialsOfTPEAreBetter() throws {
    let random = try measure("median loss of the second half of trials, random")
    let learned = try measure("median loss of the second half of trials, TPE")
    #expect(learned < 0.9 * random)
  }
}
