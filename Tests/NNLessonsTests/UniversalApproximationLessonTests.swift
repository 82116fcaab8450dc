import Testing

@Suite struct UniversalApproximationLessonTests {
  private static let widths = [1, 2, 4, 8, 16, 32]

  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("universal-approximation", figure)
  }

  /// Half a step's width, 1/2N, times the largest derivative of sin 2πx, 2π; and no less than the
  /// error of the steepest step.
  @Test(arguments: [4, 8, 16, 32, 64, 128, 256])
  func staircasesKeepTheirBound(_ count: Int) throws {
    let error = try measure("maximum error of a staircase, N = \(count)")
    #expect(error <= 1.001 * Double.pi / Double(count))
    #expect(error >= 0.8 * Double.pi / Double(count))
  }

  @Test(arguments: [
    ("sin 2πx", 0.03), ("|2x − 1|", 0.06), ("1/(1 + 25(2x − 1)²)", 0.02),
    ("sin 2πx · cos πy", 0.15), ("|x − y|", 0.06),
  ])
  func errorsFallWithWidth(_ function: String, _ bound: Double) throws {
    let errors = try Self.widths.map { try measure("maximum error, \(function), N = \($0)") }
    #expect(errors[5] < bound)
    #expect(errors[2] < 0.5 * errors[0])
    #expect(errors[4] < 0.3 * errors[0])
    #expect(errors[5] < 0.15 * errors[0])
  }
}
