import NeuralNet
import Testing

@Suite struct AttacksLessonTests {
  private static let radii = [0.02, 0.05, 0.1, 0.15, 0.2]

  private func clean(_ training: String) throws -> Double {
    try LessonResults.measure("attacks", "accuracy, \(training)")
  }

  private func measure(_ attack: String, _ radius: Double, _ training: String) throws -> Double {
    try LessonResults.measure("attacks", "accuracy, \(attack) with ε = \(radius), \(training)")
  }

  @Test func attacksBreakAnOrdinaryNetwork() throws {
    let accuracy = try clean("ordinary training")
    #expect(accuracy > 0.7)
    #expect(try measure("random noise", 0.1, "ordinary training") > accuracy - 0.15)
    #expect(try measure("FGSM", 0.1, "ordinary training") < 0.6 * accuracy)
    #expect(try measure("PGD", 0.1, "ordinary training") < 0.3 * accuracy)
  }

  /// A larger ε allows every change that a smaller one does, and 20 steps find more than one.
  @Test(arguments: ["ordinary training", "adversarial training"])
  func strengthGrowsWithStepsAndRadius(_ training: String) throws {
    var last = try clean(training)
    for radius in Self.radii {
      let pgd = try measure("PGD", radius, training)
      #expect(pgd <= last + 0.01, "ε = \(radius)")
      #expect(pgd <= (try measure("FGSM", radius, training)) + 0.01, "ε = \(radius)")
      #expect(try measure("random noise", radius, training) >= pgd, "ε = \(radius)")
      last = pgd
    }
  }

  /// On images of clothes.
  @Test(
    .enabled(if: DatasetListing.all().contains { $0.name == "fashion-mnist" && $0.isAvailable }))
  func adversarialTrainingDefendsClothes() throws {
    let before = try measure("PGD", 0.1, "ordinary training")
    let after = try measure("PGD", 0.1, "adversarial training")
    #expect(after > 0.4 && after > before + 0.25)
    #expect(
      try measure("FGSM", 0.1, "adversarial training")
        > measure("FGSM", 0.1, "ordinary training") + 0.25)
    #expect(try clean("adversarial training") > 0.55)
  }
}
