import NNCore
import NNMetrics
import NNTestSupport
import Testing

@Suite("Scores of quantiles")
struct QuantileScoreTests {
  /// Two examples of two targets with three quantiles each; the second target of the second example
  /// is below its lowest quantile, the first one on its highest; one triple is out of order.
  private let outputs = HostTensor(
    [0.0, 1, 2, 5, 6, 7, 0, 3, 2, 4, 5, 6], shape: [2, 6])
  private let targets = HostTensor([1.0, 5, 3, 3.5], shape: [2, 2])

  @Test func coverageAndCrossing() throws {
    var (coverage, crossing) = (Coverage(), QuantileCrossing())
    #expect(coverage.value.isNaN && crossing.value.isNaN)
    try coverage.update(output: outputs, target: targets)
    try crossing.update(output: outputs, target: targets)
    #expect(coverage.value == 0.75 && crossing.value == 0.25)
    // Batches are added.
    try coverage.update(
      output: HostTensor([1.0, 2, 3, 1, 2, 3], shape: [1, 6]),
      target: HostTensor([0.0, 9], shape: [1, 2]))
    #expect(coverage.value == 0.5)
    coverage.reset()
    #expect(coverage.value.isNaN)
    try coverage.update(
      output: HostTensor([Double.nan, 1], shape: [1, 2]), target: HostTensor([1.0], shape: [1, 1]))
    #expect(coverage.value == 0)
  }

  @Test func refusesOtherShapes() {
    expectError("metric coverage takes the same number of quantiles", "[2, 2]", "[2, 3]") {
      var metric = Coverage()
      try metric.update(output: HostTensor(zeros: [2, 3], dtype: .float64), target: targets)
    }
    expectError("metric quantile_crossing", "[1, 6]") {
      var metric = QuantileCrossing()
      try metric.update(output: HostTensor(zeros: [1, 6], dtype: .float64), target: targets)
    }
  }
}
