import Foundation
import NNLessons
import Testing

@Suite struct ActivationsLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("activations", figure)
  }

  @Test(arguments: [
    "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus",
  ])
  func derivativesEqualTheirFormulas(_ name: String) throws {
    #expect(try measure("\(name): largest error of σ") <= 1e-12)
    #expect(try measure("\(name): largest error of σ′") <= 1e-12)
  }

  @Test func largestDerivativesAreKnown() throws {
    // GELU's and SiLU's are at √2 and near 2.4; the lesson's points are 0.02 apart.
    let density = exp(-1.0) / (2 * Double.pi).squareRoot()
    let gelu = 0.5 * erfc(-1.0) + 2.0.squareRoot() * density
    let expected = [
      "sigmoid": 0.25, "tanh": 1, "relu": 1, "leaky_relu": 1, "elu": 1, "gelu": gelu,
      "silu": 1.0998, "softplus": 1 / (1 + exp(-6.0)),
    ]
    for (name, derivative) in expected {
      #expect(abs(try measure("\(name): largest σ′") - derivative) <= 1e-4, "\(name)")
    }
  }

  @Test func derivativesFollowFromValues() throws {
    #expect(try measure("sigmoid: largest |σ′ − σ(1 − σ)|") <= 1e-15)
    #expect(try measure("tanh: largest |σ′ − (1 − σ²)|") <= 1e-15)
    let value = 1 / (1 + exp(-6.0))
    #expect(abs(try measure("sigmoid: σ′ at 6") - value * (1 - value)) <= 1e-15)
    let ratio = 0.25 / (value * (1 - value))
    #expect(abs(try measure("sigmoid: ratio of largest σ′ to σ′ at 6") - ratio) <= 1e-9)
  }

  @Test func theStepHasNoDerivative() throws {
    #expect(try measure("diagnostics when the step is differentiated") == 1)
    let texts = try LessonResults.entry("activations").report.blocks.compactMap {
      block -> String? in
      if case .paragraph(let text) = block { return text }
      return nil
    }
    #expect(texts.contains { $0.contains("no useful derivative") })
  }
}
