import Testing

/// The rule again, with integers.
private struct IntegerPerceptron {
  var mistakes = 0
  var right = 0
  var cycle: Int?
  var weights = [0, 0, 0]

  private func fires(_ corner: Int) -> Int {
    weights[0] * (corner >> 1) + weights[1] * (corner & 1) + weights[2] >= 0 ? 1 : 0
  }

  /// Goes over the four corners until a round has no mistake, at most 60 times.
  init(truth: Int) {
    var history: [[Int]] = []
    for _ in 0..<60 {
      let before = mistakes
      for corner in 0..<4 {
        let error = (truth >> corner & 1) - fires(corner)
        guard error != 0 else { continue }
        mistakes += 1
        weights[0] += error * (corner >> 1)
        weights[1] += error * (corner & 1)
        weights[2] += error
      }
      history.append(weights)
      if mistakes == before { break }
    }
    right = (0..<4).count { fires($0) == truth >> $0 & 1 }
    if right < 4 {
      cycle = history.dropLast().lastIndex(of: weights).map { history.count - 1 - $0 }
    }
  }
}

@Suite struct NeuronLessonTests {
  @Test(arguments: [("AND", 0b1000), ("OR", 0b1110), ("XOR", 0b0110)])
  func equalsTheRuleWithWholeNumbers(_ name: String, _ truth: Int) throws {
    let expected = IntegerPerceptron(truth: truth)
    #expect(
      try RanLessons.measure("neuron", "\(name): mistakes while learning")
        == Double(expected.mistakes))
    #expect(try RanLessons.measure("neuron", "\(name): right of 4") == Double(expected.right))
    for (part, weight) in zip(["w₁", "w₂", "b"], expected.weights) {
      #expect(try RanLessons.measure("neuron", "\(name): \(part)") == Double(weight))
    }
    if let cycle = expected.cycle {
      #expect(
        try RanLessons.measure("neuron", "\(name): rounds until its weights repeat")
          == Double(cycle))
    }
  }

  @Test func learnsAndAndOrExactlyAndXORNever() throws {
    #expect(try RanLessons.measure("neuron", "AND: right of 4") == 4)
    #expect(try RanLessons.measure("neuron", "OR: right of 4") == 4)
    #expect(try RanLessons.measure("neuron", "XOR: right of 4") < 4)
    #expect(try RanLessons.measure("neuron", "XOR with two layers: right of 4") == 4)
  }

  @Test func learnsWhatALineParts() throws {
    let learnt = (0..<16).count { IntegerPerceptron(truth: $0).right == 4 }
    #expect(learnt == 14)
    #expect(
      try RanLessons.measure("neuron", "functions of two inputs learned, of 16") == Double(learnt))
  }

  /// 3 · |(2, 2, −3)|² / 1² and 3 · |(2, 2, −1)|² / 1².
  @Test func boundsAreNovikoffs() throws {
    for (name, bound) in [("AND", 51.0), ("OR", 27)] {
      #expect(
        try RanLessons.measure("neuron", "\(name): most mistakes that the theorem allows") == bound)
      #expect(try RanLessons.measure("neuron", "\(name): mistakes while learning") <= bound)
    }
  }
}
