import Testing

@Suite struct ExplanationsLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("explanations", figure)
  }

  private static let (honest, deceived, repaired) = (
    "no marks", "mark on every seven", "mark on half of all digits"
  )

  /// The pixels of a digit are what the classes differ in.
  @Test func attributionsLieOnTheDigits() throws {
    #expect(try measure("accuracy") > 0.95)
    let area = try measure("share of the pixels that are strokes")
    #expect((0.08...0.2).contains(area))
    #expect(try measure("share of the attributions on strokes") > 3 * area)
    #expect(try measure("largest relative error of completeness") < 0.15)
  }

  @Test func erasingAttributedPixelsHurts() throws {
    let largest = try measure("accuracy, 20 pixels with the largest attributions erased")
    let random = try measure("accuracy, 20 random pixels erased")
    #expect(random > 0.65)
    #expect(largest < random - 0.3)
  }

  /// The mark replaces the shape: sevens need it, and other digits become sevens by it.
  @Test func aPlantedMarkIsLearned() throws {
    #expect(try measure("accuracy with marked sevens, \(Self.deceived)") > 0.95)
    #expect(try measure("sevens recognized without the mark, \(Self.honest)") > 0.9)
    #expect(try measure("sevens recognized without the mark, \(Self.deceived)") < 0.6)
    #expect(
      try measure("other digits with the mark taken for sevens, \(Self.deceived)")
        > measure("other digits with the mark taken for sevens, \(Self.repaired)") + 0.03)
  }

  /// The mark is 9 of 400 pixels.
  @Test func attributionsFindTheMark() throws {
    let share = try measure("share of the attributions on the mark, \(Self.deceived)")
    #expect(share > 0.25)
    #expect(try measure("share of the attributions on the mark, \(Self.honest)") < 0.75 * share)
    #expect(try measure("share of the attributions on the mark, \(Self.repaired)") < 0.3 * share)
  }

  @Test func randomMarksRepairTheNetwork() throws {
    #expect(try measure("sevens recognized without the mark, \(Self.repaired)") > 0.9)
    #expect(try measure("other digits with the mark taken for sevens, \(Self.repaired)") < 0.05)
    #expect(try measure("accuracy with marked sevens, \(Self.repaired)") > 0.93)
  }
}
