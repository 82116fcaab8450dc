import Testing

@Suite struct OverfittingLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("overfitting", figure)
  }

  @Test func wideNetworksOverfit() throws {
    #expect(try measure("training loss, width 1") > 0.25)
    #expect(try measure("validation loss, width 1") < 0.5)
    #expect(try measure("training loss, width 64") < 0.01)
    #expect(try measure("validation loss, width 64") > 1)
    #expect(try measure("validation loss, width 64") > 2 * measure("validation loss, width 4"))
  }

  @Test func stoppingEarlyKeepsTheBest() throws {
    let epoch = try measure("best epoch, width 64")
    #expect(epoch >= 10 && epoch <= 200)
    #expect(try measure("validation loss at the best epoch, width 64") < 0.35)
  }

  @Test(arguments: ["dropout 0.5", "weight decay 0.005", "both, 0.3 and 0.003"])
  func remediesHelp(_ name: String) throws {
    let loss = try measure("validation loss, \(name)")
    #expect(loss < 0.5 * (try measure("validation loss, width 64")))
    #expect(name == "dropout 0.5" || loss < 0.4)
    #expect(try measure("training loss, \(name)") > 0.05)
    #expect(try measure("validation accuracy, \(name)") > 0.83)
    #expect(
      try measure("validation accuracy, \(name)") > measure("validation accuracy, nothing"))
  }
}
