import Testing

/// The perceptron rule with integers.
private struct IntegerPerceptron {
  var mistakes = 0
  var right = 0
  var cycle: Int?
  var weights = [0, 0, 0]

  private func fires(_ corner: Int) -> Int {
    weights[0] * (corner >> 1) + weights[1] * (corner & 1) + weights[2] >= 0 ? 1 : 0
  }

  /// Iterates over the four corners until a round has no mistake, at most 60 times.
  init(table: Int) {
    var history: [[Int]] = []
    for _ in 0..<60 {
      let before = mistakes
      for corner in 0..<4 {
        let error = (table >> corner & 1) - fires(corner)
        guard error != 0 else { continue }
        mistakes += 1
        weights[0] += error * (corner >> 1)
        weights[1] += error * (corner & 1)
        weights[2] += error
      }
      history.append(weights)
      if mistakes == before { break }
    }
    right = (0..<4).count { fires($0) == table >> $0 & 1 }
    if right < 4 {
      cycle = history.dropLast().lastIndex(of: weights).map { history.count - 1 - $0 }
    }
  }
}

@Suite struct NeuronLessonTests {
  @Test(arguments: [("AND", 0b1000), ("OR", 0b1110), ("XOR", 0b0110)])
  func equalsTheRuleWithIntegers(_ name: String, _ table: Int) throws {
    let expected = IntegerPerceptron(table: table)
    #expect(
      try LessonResults.measure("neuron", "\(name): mistakes while learning")
        == Double(expected.mistakes))
    #expect(try LessonResults.measure("neuron", "\(name): correct of 4") == Double(expected.right))
    for (part, weight) in zip(["w₁", "w₂", "b"], expected.weights) {
      #expect(try LessonResults.measure("neuron", "\(name): \(part)") == Double(weight))
    }
    if let cycle = expected.cycle {
      #expect(
        try LessonResults.measure("neuron", "\(name): rounds until its weights repeat")
          == Double(cycle))
    }
  }

  @Test func learnsAndAndOrExactlyAndXORNever() throws {
    #expect(try LessonResults.measure("neuron", "AND: correct of 4") == 4)
    #expect(try LessonResults.measure("neuron", "OR: correct of 4") == 4)
    #expect(try LessonResults.measure("neuron", "XOR: correct of 4") < 4)
    #expect(try LessonResults.measure("neuron", "XOR with two layers: correct of 4") == 4)
  }

  @Test func learnsWhatALineSeparates() throws {
    let learned = (0..<16).count { IntegerPerceptron(table: $0).right == 4 }
    #expect(learned == 14)
    #expect(
      try LessonResults.measure("neuron", "functions of two inputs learned, of 16")
        == Double(learned))
  }

  /// 3 · |(2, 2, −3)|² / 1² and 3 · |(2, 2, −1)|² / 1².
  @Test func boundsAreNovikoffs() throws {
    for (name, bound) in [("AND", 51.0), ("OR", 27)] {
      #expect(
        try LessonResults.measure("neuron", "\(name): most mistakes that the theorem allows")
          == bound)
      #expect(try LessonResults.measure("neuron", "\(name): mistakes while learning") <= bound)
    }
  }
}
