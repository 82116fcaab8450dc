import NNCore
import NNMetrics
import NNTestSupport
import NNTraining
import Testing

/// What every metric of the registry must hold, tried on its samples.
@Suite("Every metric") struct MetricBatteryTests {
  private static let rows = 23

  @Test(
    "the value does not depend on batches and on the order of examples",
    arguments: Registry.metrics.names)
  func batches(name: String) throws {
    for sample in try MetricSample.samples(of: name) {
      switch sample.measured {
      case .tensors(let loss, let output, let target):
        let metric = try #require(try sample.metric(loss: loss))
        #expect(metric.value.isNaN, "\(sample.text)")
        for dtype in [DType.float64, .float32] {
          try Self.expectSameValue(
            metric, output.tensor(rows: Self.rows, dtype: dtype, seed: 7),
            target.tensor(rows: Self.rows, dtype: dtype, seed: 8), "\(sample.text), \(dtype)")
        }
      case .translations(let make):
        try Self.expectSameScore(make, sample.text)
      }
    }
  }

  private static func expectSameValue(
    _ metric: any Metric, _ output: HostTensor, _ target: HostTensor, _ label: String
  ) throws {
    func value(_ batches: [[Int]]) throws -> Double {
      var metric = metric
      for rows in batches {
        try metric.update(output: output.selecting(rows), target: target.selecting(rows))
      }
      return metric.value
    }
    let all = Array(0..<rows)
    let whole = try value([all])
    #expect(whole.isFinite && whole != 0, "\(label)")
    let permuted = Philox(seed: 5).permutation(rows)
    let divisions = [
      [Array(all[..<4]), Array(all[4...])], all.map { [$0] }, [permuted],
      [Array(permuted[..<5]), Array(permuted[5...6]), Array(permuted[7...])],
    ]
    for batches in divisions {
      expectClose([try value(batches)], [whole], Tolerance(relative: 1e-12), "\(label) \(batches)")
    }
    var used = metric
    try used.update(output: output, target: target)
    used.reset()
    #expect(used.value.isNaN, "\(label)")
    try used.update(output: output, target: target)
    #expect(used.value == whole, "\(label), after a reset")
  }

  private static func expectSameScore(
    _ make: () -> any TextScore, _ label: String
  ) throws {
    let references = ["the cat sat on the mat", "a dog barks at night", "birds sing", "it rains"]
    let hypotheses = ["the cat sat on a mat", "a dog barks at the night", "birds sing", "rain"]
    func score(_ order: [Int], _ texts: [String]) throws -> Double {
      var score = make()
      for index in order {
        try score.add(hypothesis: texts[index], references: [references[index]])
      }
      return score.score
    }
    let whole = try score([0, 1, 2, 3], hypotheses)
    #expect(whole > 0 && whole < 100, "\(label)")
    for order in [[3, 2, 1, 0], [1, 3, 0, 2]] {
      expectClose([try score(order, hypotheses)], [whole], Tolerance(relative: 1e-12), label)
    }
    expectClose([try score([0, 1, 2, 3], references)], [100], Tolerance(relative: 1e-12), label)
    #expect(make().score.isNaN, "\(label)")
  }

  @Test("samples are those of the registry") func samplesHaveRows() {
    #expect(Set(MetricSample.all.map(\.kind)) == Set(Registry.metrics.names))
  }

  // MARK: - The battery finds what is wrong

  @Test func valuesThatDependOnBatchesAreFound() {
    let numbers = SampleContents.numbers([2])
    withKnownIssue {
      try Self.expectSameValue(
        LastBatch(), numbers.tensor(rows: Self.rows, dtype: .float64, seed: 7),
        numbers.tensor(rows: Self.rows, dtype: .float64, seed: 8), "last batch")
    }
  }
}

extension HostTensor {
  /// The rows with these indices.
  fileprivate func selecting(_ rows: [Int]) -> HostTensor {
    HostTensor(
      doubles: rows.flatMap { self.rows($0..<$0 + 1).doubles },
      shape: shape.replacing(axis: 0, with: rows.count), dtype: dtype)
  }
}

/// Measures the last batch only.
private struct LastBatch: Metric {
  var name: String { "last" }
  var isHigherBetter: Bool { false }
  private(set) var value = Double.nan

  mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    value = zip(output.doubles, target.doubles).reduce(0) { $0 + abs($1.0 - $1.1) }
  }

  mutating func reset() { value = .nan }
}
