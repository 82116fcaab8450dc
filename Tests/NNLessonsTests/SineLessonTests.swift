import Testing

@Suite struct SineLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try RanLessons.measure("sine", figure)
  }

  @Test func errorsFallWithWidth() throws {
    let losses = try [2, 3, 4].map { try measure("squared error, N = \($0)") }
    #expect(losses[0] > 4 * losses[1] && losses[1] > 2 * losses[2])
    #expect(losses[0] < 0.1)
    #expect(try measure("squared error, N = 10") < 1e-4)
    #expect(try measure("squared error, N = 100") < 1e-3)
  }

  @Test(arguments: [2, 3, 4, 10, 100])
  func theFirstStartIsOneOfAll(_ width: Int) throws {
    let first = try measure("squared error, N = \(width)")
    let least = try measure("least of 4 starts, N = \(width)")
    let greatest = try measure("greatest of 4 starts, N = \(width)")
    #expect(least <= first && first <= greatest && greatest < 0.1)
    #expect(width < 10 || greatest < 2e-2)
  }

  /// σ(0) = 1/2, and so many switches inside make one more piece.
  @Test func nodesSwitchAtTheirBoundaries() throws {
    #expect(try measure("largest |σ(wδ + b) − 1/2|, N = 4") <= 1e-12)
    #expect(
      try measure("pieces of constant output, 4 switches")
        == measure("boundaries inside the picture, N = 4") + 1)
  }
}
