import NNCore
import NNLessons
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct VanishingGradientLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("vanishing-gradient", figure)
  }

  @Test func productsAreThoseOfTheDeck() throws {
    #expect(abs(try measure("0.1 · 0.3 · (−0.2)") + 0.006) <= 1e-15)
    #expect(try measure("10 · (−40) · 50") == -20000)
  }

  /// ∂h₁₀₀/∂h₁ = w⁹⁹, a straight line on a logarithmic axis.
  @Test(arguments: [0.8, 0.9, 1.0, 1.1, 1.25])
  func slopeIsTheLogarithmOfTheWeight(weight: Double) throws {
    #expect(abs(try measure("slope, w = \(weight)") - log(weight)) <= 1e-12)
    let first = try measure("∂h₁₀₀/∂h₁, w = \(weight)")
    #expect(abs(first / pow(weight, 99) - 1) <= 1e-12)
  }

  @Test(arguments: ["RNN", "LSTM", "GRU"])
  func initialNetworksForget(name: String) throws {
    #expect(try measure("\(name): ratio of first to last step") <= 1e-9)
    // Half a step on average, give or take.
    #expect((-1.2 ... -0.2).contains(try measure("\(name): slope")))
  }

  @Test(arguments: ["LSTM", "GRU"])
  func openGatesRemember(name: String) throws {
    #expect(abs(try measure("σ(4)") - 1 / (1 + exp(-4))) <= 1e-15)
    #expect(
      (1e-3...1e3).contains(try measure("\(name), gates open: ratio of first to last step")))
    #expect(abs(try measure("\(name), gates open: slope")) <= 0.08)
  }

  @Test func clippingKeepsAnExplodingNetworkLearning() throws {
    let first = try measure("loss of the first step")
    #expect(try measure("highest loss without clipping") > 1000 * first)
    #expect(try measure("highest norm without clipping") > 1000)
    #expect(try measure("mean loss of the last 20 steps, clipped") < first / 2)
    #expect(try measure("steps, clipped") == 160)
    let slope = try measure("slope with weights three times as large")
    #expect(slope > 0)
    #expect(try measure("factor per step back, weights three times as large") == exp(slope))
  }

  /// From one seed the numbers overflow, from the other they do not.
  @Test(arguments: [1, 5] as [UInt64])
  func endWithoutClippingIsWhatWasMeasured(seed: UInt64) throws {
    let report = try Booklet.run(
      LessonCatalogue.lesson(named: "vanishing-gradient"), LessonOptions(seed: seed)
    ).report
    let steps = try #require(report.measures["steps without clipping"])
    let end = report.measures["mean loss of the last 20 steps, not clipped"]
    let text = report.blocks.map { block in
      if case .paragraph(let text) = block { text } else { "" }
    }.joined(separator: "\n")
    #expect(text.contains("Over the last 20 of 160 steps the loss is") == (end != nil))
    #expect(text.contains("After \(Int(steps)) steps the numbers overflowed") == (end == nil))
    #expect((steps == 160) == (end != nil))
    if let end {
      let worst = try #require(report.measures["highest loss without clipping"])
      #expect(end >= 0 && end <= worst)
    }
  }
}
