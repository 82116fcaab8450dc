import Testing

@Suite struct RobustLessonTests {
  private static let trainings = [
    "ordinary training", "ε = 0.05", "ε = 0.1", "ε = 0.2", "ε = 0.3", "ε = 0.5",
  ]

  private func measure(_ figure: String, _ training: String) throws -> Double {
    try LessonResults.measure("robust", "\(figure), \(training)")
  }

  @Test func adversarialTrainingWidensTheMargins() throws {
    #expect(try measure("accuracy", "ordinary training") >= 0.96)
    let share = "share of points with a margin of 0.2 or more"
    #expect(try measure(share, "ε = 0.2") > measure(share, "ordinary training") + 0.05)
    #expect(
      try measure("median margin", "ε = 0.2") > 1.15 * measure("median margin", "ordinary training")
    )
  }

  /// No attack breaks a point whose margin is larger than ε, and PGD breaks nearly all others. Margins
  /// are measured on a grid with spacings of 0.02, hence to about 0.01.
  @Test(arguments: trainings)
  func attackBreaksWhatTheMarginAllows(_ training: String) throws {
    let share = try measure("share of points with a margin of 0.2 or more", training)
    let attacked = try measure("accuracy under PGD", training)
    #expect(attacked >= share - 0.04)
    #expect(attacked <= share + 0.1)
    #expect(attacked <= (try measure("accuracy", training)))
    #expect(
      try measure("accuracy on other points under PGD", training)
        <= measure("accuracy on other points", training))
    #expect(
      try measure("smallest margin", training) <= measure("median margin", training))
  }

  @Test func attackIsWithstoodAfterTrainingAgainstIt() throws {
    #expect(
      try measure("accuracy under PGD", "ε = 0.2")
        > measure("accuracy under PGD", "ordinary training") + 0.03)
    #expect(
      try measure("accuracy on other points under PGD", "ε = 0.2")
        > measure("accuracy on other points under PGD", "ordinary training") + 0.02)
  }

  /// Discs of radius 0.5 around points of different moons overlap.
  @Test func aLargeRadiusCostsAccuracy() throws {
    #expect(try measure("accuracy", "ε = 0.5") < measure("accuracy", "ordinary training") - 0.05)
  }
}
