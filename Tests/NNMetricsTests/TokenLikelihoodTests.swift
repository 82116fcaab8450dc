import NNCore
import NNMetrics
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct TokenLikelihoodTests {
  private static let figures: [TokenLikelihood.Figure] = [
    .perplexity, .bitsPerToken, .bitsPerCharacter(charactersPerToken: 2.5),
  ]

  /// −ln of the softmax probability of a label, written out.
  private func loss(_ scores: ArraySlice<Double>, _ label: Int) -> Double {
    let total = scores.map { exp($0) }.reduce(0, +)
    return -log(exp(scores[scores.startIndex + label]) / total)
  }

  @Test(arguments: figures, [Shape([5]), [2, 3], [1, 1], [3, 1, 4]])
  func sumsOverAllLabels(figure: TokenLikelihood.Figure, shape: Shape) throws {
    let generator = Philox(seed: 7)
    for classes in [1, 2, 7] {
      let count = shape.elementCount
      let scores = (0..<count * classes).map {
        Double(generator.integer($0, below: 4001)) / 500 - 4
      }
      var labels = (0..<count).map { Int32(generator.integer(1000 + $0, below: classes)) }
      if count > 2 { labels[1] = -100 }
      let used = labels.indices.filter { labels[$0] >= 0 }
      let sum = used.reduce(0.0) {
        $0 + loss(scores[$1 * classes..<($1 + 1) * classes], Int(labels[$1]))
      }
      let mean = sum / Double(used.count)
      let expected =
        switch figure {
        case .perplexity: exp(mean)
        case .bitsPerToken: mean / log(2)
        case .bitsPerCharacter: mean / log(2) / 2.5
        }
      let output = HostTensor(scores, shape: Shape(shape.dimensions + [classes]))
      let target = HostTensor(labels, shape: shape)
      var whole = TokenLikelihood(figure)
      #expect(whole.value.isNaN)
      try whole.update(output: output, target: target)
      let close = Tolerance(relative: 1e-13).orAbsolute(1e-14)
      expectClose([whole.value], [expected], close)
      var parts = TokenLikelihood(figure)
      for row in 0..<shape[0] {
        try parts.update(
          output: output.rows(row..<row + 1), target: target.rows(row..<row + 1))
      }
      expectClose([parts.value], [expected], close)
      var single = TokenLikelihood(figure)
      try single.update(output: output.converted(to: .float32), target: target)
      expectClose([single.value], [expected], Tolerance(relative: 1e-6).orAbsolute(1e-6))
      whole.reset()
      #expect(whole.value.isNaN)
    }
  }

  @Test func equalScoresAreDoubtAmongAll() throws {
    let output = HostTensor(zeros: [2, 3, 64])
    let target = HostTensor(zeros: [2, 3], dtype: .int32)
    var perplexity = TokenLikelihood(.perplexity)
    var bits = TokenLikelihood(.bitsPerCharacter(charactersPerToken: 4))
    try perplexity.update(output: output, target: target)
    try bits.update(output: output, target: target)
    expectClose([perplexity.value, bits.value], [64, 1.5], Tolerance(relative: 1e-14))
  }

  @Test func largeScoresDoNotOverflow() throws {
    var metric = TokenLikelihood(.bitsPerToken)
    let output = HostTensor([1e4, 1e4, -1e4, -.infinity] as [Float], shape: [1, 4])
    try metric.update(output: output, target: HostTensor([Int32(1)]))
    #expect(metric.value == 1)
    // A label with probability 0.
    try metric.update(output: output, target: HostTensor([Int32(3)]))
    #expect(metric.value == .infinity)
    try metric.update(
      output: HostTensor([.nan, 0] as [Float], shape: [1, 2]), target: HostTensor([Int32(1)]))
    #expect(metric.value.isNaN)
  }

  @Test func ignoredLabelsAlone() throws {
    var metric = TokenLikelihood(.perplexity, ignoreIndex: 0)
    let output = HostTensor([1.0, 2, 3], shape: [1, 3])
    try metric.update(output: output, target: HostTensor([Int32(0)]))
    #expect(metric.value.isNaN)
    expectError("metric perplexity: label -100 at position 1 is outside 0..<3") {
      try metric.update(output: output, target: HostTensor([Int32(-100)]))
    }
  }

  @Test func mismatchesAreErrors() {
    var metric = TokenLikelihood(.bitsPerCharacter(charactersPerToken: 1))
    #expect(metric.name == "bits_per_character")
    #expect(TokenLikelihood(.bitsPerToken).name == "bits_per_token")
    #expect(TokenLikelihood(.perplexity).name == "perplexity")
    #expect(!metric.isHigherBetter)
    let scores = HostTensor(zeros: [2, 3, 5])
    expectError("metric bits_per_character takes scores [N, …, tokens], gets float32[5]") {
      try metric.update(output: HostTensor(zeros: [5]), target: HostTensor([Int32(0)]))
    }
    expectError("takes labels int32[2, 3] for scores [2, 3, 5], gets int32[2, 5]") {
      try metric.update(output: scores, target: HostTensor(zeros: [2, 5], dtype: .int32))
    }
    expectError("takes labels int32[2, 3] for scores [2, 3, 5], gets float32[2, 3]") {
      try metric.update(output: scores, target: HostTensor(zeros: [2, 3]))
    }
    expectError("label 5 at position 2 is outside 0..<5") {
      let labels = HostTensor([0, 5, 0, 0, 0, 0] as [Int32], shape: [2, 3])
      try metric.update(output: scores, target: labels)
    }
  }
}
