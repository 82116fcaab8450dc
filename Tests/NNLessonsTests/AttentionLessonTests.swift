import NNCore
import NNLessons
import NeuralNet
import Testing

@Suite struct AttentionLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("attention", figure)
  }

  @Test func datesAreTranslated() throws {
    #expect(try measure("share of new dates translated exactly") >= 0.9)
  }

  @Test func translatorAttendsToWhatItWrites() throws {
    #expect(try measure("largest distance of a row's sum from 1") <= 1e-5)
    // Evenly spread weights would put a third on the year and less on the others.
    #expect(try measure("weight of the year's digits on the year") >= 0.45)
    #expect(try measure("weight of the month's digits on the month") >= 0.45)
    #expect(try measure("weight of the day's digits on the day") >= 0.45)
  }

  @Test func otherRunsAreRejected() throws {
    let folder = RunFolder("/nowhere/at-all")
    let lesson = try LessonCatalogue.lesson(named: "attention")
    #expect(throws: NNError.self) {
      try Booklet.run(lesson, LessonOptions(runFolder: folder))
    }
  }
}
