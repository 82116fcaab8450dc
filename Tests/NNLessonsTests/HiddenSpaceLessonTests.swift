import Testing

@Suite struct HiddenSpaceLessonTests {
  private func measure(_ figure: String) throws -> Double {
    try LessonResults.measure("hidden-space", figure)
  }

  @Test(arguments: [2, 3])
  func theOutputIsAPlaneInHiddenSpace(_ width: Int) throws {
    let name = "2 → \(width)"
    #expect(
      try measure("\(name): accuracy of the plane in hidden space")
        == measure("\(name): accuracy of the network"))
    let corners = try measure("\(name): corners used")
    #expect(corners >= Double(width) && corners <= Double(1 << width))
    let soft = try measure("\(name): activations within 0.1 of 0 or 1")
    let sharp = try measure("\(name): the same, weights times 10")
    #expect(soft > 0.3 && sharp > 0.9 && sharp > soft)
  }

  @Test func threeNodesAreEnough() throws {
    let square = try measure("2 → 2: accuracy of the network")
    #expect(square > 0.7 && square < 0.9)
    #expect(try measure("2 → 3: accuracy of the network") >= 0.97)
  }

  @Test func isTheNetworkOfTheBoundaries() throws {
    for width in [2, 3] {
      #expect(
        try measure("2 → \(width): accuracy of the network")
          == LessonResults.measure("decision-boundary", "accuracy, N = \(width)"))
    }
  }
}
