import Testing

@Suite struct SineLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("sine", figure)
  }

  @Test func errorsFallWithWidth() throws {
    let losses = try [2, 3, 4].map { try measure("squared error, N = \($0)") }
    #expect(losses[0] > 4 * losses[1] && losses[1] > 2 * losses[2])
    #expect(losses[0] < 0.1)
    #expect(try measure("squared error, N = 10") < 1e-4)
    #expect(try measure("squared error, N = 100") < 1e-3)
  }

  @Test(arguments: [(2, 0.1), (3, 0.05), (4, 0.02), (10, 1e-3), (100, 1e-3)])
  func noStartFails(_ width: Int, _ bound: Double) throws {
    #expect(try measure("highest of 4 starts, N = \(width)") < bound)
  }

  /// The fewer nodes there are, the more the result depends on the initial weights.
  @Test func startsOfNarrowNetworksEndApart() throws {
    let spreads = try [2, 4, 100].map { width in
      try measure("highest of 4 starts, N = \(width)")
        - measure("lowest of 4 starts, N = \(width)")
    }
    #expect(spreads[0] > 5 * spreads[1] && spreads[1] > 5 * spreads[2])
  }

  /// σ(0) = 1/2, and n switches inside the plot make n + 1 pieces.
  @Test func nodesSwitchAtTheirBoundaries() throws {
    #expect(try measure("largest |σ(wδ + b) − 1/2|, N = 4") <= 1e-12)
    #expect(
      try measure("pieces of constant output, 4 switches")
        == measure("boundaries inside the plot, N = 4") + 1)
  }
}
