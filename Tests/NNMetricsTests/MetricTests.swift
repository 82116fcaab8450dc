import NNCore
import NNMetrics
import NNTestSupport
import Testing

@Suite struct MetricTests {
  private let scores = HostTensor([1.0, 5, 2, 9, 0, 0, 3, 3, 1, 0, 1, 2], shape: [4, 3])
  private let labels = HostTensor([1, 2, 1, 2] as [Int32])

  /// Every division of the batch results in the same value.
  private func gathered(
    _ metric: some Metric, _ output: HostTensor, _ target: HostTensor
  ) throws -> Double {
    var whole = metric
    try whole.update(output: output, target: target)
    for cut in 1..<output.shape[0] {
      var parts = metric
      for range in [0..<cut, cut..<output.shape[0]] {
        try parts.update(output: output.rows(range), target: target.rows(range))
      }
      expectClose([parts.value], [whole.value], Tolerance(relative: 1e-14), "cut at \(cut)")
    }
    #expect(metric.value.isNaN)
    var emptied = whole
    emptied.reset()
    #expect(emptied.value.isNaN)
    return whole.value
  }

  /// Predictions 1, 0, 0 (on ties, the first) and 2.
  @Test func accuracyByHand() throws {
    #expect(try gathered(Accuracy(), scores, labels) == 0.5)
    #expect(try gathered(Accuracy(), scores, labels.converted(to: .int64)) == 0.5)
    let ignoring = HostTensor([1, -100, 1, -100] as [Int32])
    var metric = Accuracy()
    try metric.update(output: scores, target: ignoring)
    #expect(metric.value == 0.5)
  }

  @Test func accuracyOfDistributions() throws {
    let soft = HostTensor([0.0, 1, 0, 0.2, 0.2, 0.6, 0.1, 0.5, 0.4, 0, 0, 1], shape: [4, 3])
    #expect(try gathered(Accuracy(), scores, soft) == 0.5)
  }

  @Test(arguments: [Shape([4]), [4, 1]])
  func binaryAccuracy(shape: Shape) throws {
    let logits = HostTensor([-1.0, 0.1, 3, .nan], shape: shape)
    let target = HostTensor([0, 1, 0, 0] as [Float], shape: [4])
    #expect(try gathered(Accuracy(), logits, target) == 0.5)
    let probabilities = HostTensor([0.2, 0.6, 0.4, 0.5], shape: shape)
    #expect(try gathered(Accuracy(threshold: 0.5), probabilities, target) == 1)
  }

  @Test func accuracyOverImages() throws {
    // [1, 2, 1, 3]: class 0 scores 1, 5, 2; class 1 scores 3, 4, 0.
    let output = HostTensor([1.0, 5, 2, 3, 4, 0], shape: [1, 2, 1, 3])
    var metric = Accuracy()
    try metric.update(output: output, target: HostTensor([1, 0, 1] as [Int32], shape: [1, 1, 3]))
    #expect(metric.value == 2.0 / 3)
  }

  @Test func topKByHand() throws {
    #expect(try gathered(TopK(k: 1), scores, labels) == 0.5)
    // Row 1's label has score 0, and so has another class that comes first.
    #expect(try gathered(TopK(k: 2), scores, labels) == 0.75)
    #expect(try gathered(TopK(k: 3), scores, labels) == 1)
    #expect(TopK(k: 3).name == "top_3")
  }

  @Test func errorsByHand() throws {
    let output = HostTensor([1.0, 2, 3, 4], shape: [2, 2])
    let target = HostTensor([2.0, 2, 1, 8], shape: [2, 2])
    #expect(try gathered(MeanAbsoluteError(), output, target) == 1.75)
    #expect(try gathered(RootMeanSquaredError(), output, target) == 5.25.squareRoot())
    // Column means 1.5 and 5: Σ(t − t̄)² = 0.5 + 18.
    expectClose([try gathered(R2(), output, target)], [1 - 21 / 18.5])
  }

  @Test func normalizedSquaredErrorByHand() throws {
    let output = HostTensor([1.0, 2, 3, 4], shape: [2, 2])
    let target = HostTensor([2.0, 2, 1, 8], shape: [2, 2])
    // Σ(t − o)² = 21; column means 1.5 and 5.
    expectClose([try gathered(NormalizedSquaredError(), output, target)], [21 / 18.5])
    expectClose([try gathered(NormalizedSquaredError(variance: 7), output, target)], [0.75])
    let constant = HostTensor([2.0, 2, 2])
    #expect(try gathered(NormalizedSquaredError(), constant, constant) == 0)
    #expect(
      try gathered(NormalizedSquaredError(), HostTensor([2.0, 2, 3]), constant) == .infinity)
    // The mean as forecast is as wrong as the targets vary.
    let rising = HostTensor([1.0, 2, 3, 4, 5])
    let mean = HostTensor([3.0, 3, 3, 3, 3])
    expectClose([try gathered(NormalizedSquaredError(), mean, rising)], [1])
    expectClose([try gathered(NormalizedSquaredError(variance: 2), mean, rising)], [1])
    expectError("metric nmse takes targets of the output's shape [5], gets [3]") {
      var metric = NormalizedSquaredError()
      try metric.update(output: rising, target: constant)
    }
  }

  @Test func r2AtItsLimits() throws {
    let constant = HostTensor([2.0, 2, 2])
    #expect(try gathered(R2(), constant, constant) == 1)
    #expect(try gathered(R2(), HostTensor([2.0, 2, 3]), constant) == -.infinity)
    // A large mean does not drown the variance.
    let far = HostTensor([1e9 + 1, 1e9 + 2, 1e9 + 3])
    let near = HostTensor([1e9 + 1, 1e9 + 2, 1e9 + 4])
    expectClose([try gathered(R2(), near, far)], [0.5])
  }

  @Test func confusionByHand() throws {
    var matrix = ConfusionMatrix()
    try matrix.update(output: scores, target: labels)
    #expect(matrix.counts == [[0, 0, 0], [1, 1, 0], [1, 0, 1]])
    #expect(matrix.value == 0.5)
    #expect(matrix.recall[0].isNaN && matrix.recall[1...] == [0.5, 0.5])
    #expect(matrix.precision == [0, 1, 1])
    #expect(try gathered(ConfusionMatrix(), scores, labels) == 0.5)
  }

  /// Three decisions for each of four examples; logits.
  private let logits = HostTensor([1.0, -1, 2, -1, 3, -2, 2, 2, -1, -3, -1, -1], shape: [4, 3])
  private let targets = HostTensor([1.0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0], shape: [4, 3])

  /// 10 of 12 decisions are right; the largest logit has no meaning.
  @Test func decisionsAreJudgedOneByOne() throws {
    let accuracy = Accuracy(rule: .decisions)
    #expect(try gathered(accuracy, logits, targets) == 10.0 / 12)
    #expect(try gathered(SubsetAccuracy(), logits, targets) == 0.5)
    #expect(try gathered(SubsetAccuracy(threshold: 2.5), logits, targets) == 0)
    var matrix = ConfusionMatrix(rule: .decisions)
    try matrix.update(output: logits, target: targets)
    #expect(matrix.counts == [[5, 0], [2, 5]])
    #expect(matrix.value == 10.0 / 12)
    var calibration = Calibration(binCount: 2, rule: .decisions)
    try calibration.update(
      output: HostTensor([0.25, 0.75, 0.75], shape: [1, 3]),
      target: HostTensor([0.0, 1, 0], shape: [1, 3]))
    #expect(calibration.bins.map(\.count) == [1, 2] && calibration.bins[1].accuracy == 0.5)
    // Of decision 1: scores −1, 3, 2, −1 for no, yes, yes, yes.
    var roc = ROC(rule: .decisions)
    try roc.update(output: logits, target: targets)
    #expect(abs(roc.value - 2.5 / 3) < 1e-15)
  }

  /// A single output is yes or no, unless it is the only class.
  @Test func oneOutput() throws {
    let scores = HostTensor([1.0, -1, 2, -3], shape: [4, 1])
    let target = HostTensor([1.0, 1, 0, 0], shape: [4, 1])
    var matrix = ConfusionMatrix()
    try matrix.update(output: scores, target: target)
    #expect(matrix.counts == [[1, 1], [1, 1]])
    #expect(matrix.recall == [0.5, 0.5] && matrix.precision == [0.5, 0.5])
    var probabilities = ConfusionMatrix(threshold: 0.5)
    try probabilities.update(
      output: HostTensor([0.25, 0.75, .nan], shape: [3, 1]), target: HostTensor([0.0, 1, 0]))
    #expect(probabilities.counts == [[1, 1], [0, 1]])
    let zeros = HostTensor([0, 0, 0, 0] as [Int32])
    #expect(try gathered(Accuracy(rule: .classes), scores, zeros) == 1)
    var one = ConfusionMatrix(rule: .classes)
    try one.update(output: scores, target: zeros)
    #expect(one.counts == [[4]])
  }

  @Test func namesAndDirections() {
    let metrics: [any Metric] = [
      Accuracy(), TopK(), MeanAbsoluteError(), RootMeanSquaredError(), R2(), ConfusionMatrix(),
      NormalizedSquaredError(), SubsetAccuracy(),
    ]
    #expect(
      metrics.map(\.name) == [
        "accuracy", "top_5", "mae", "rmse", "r2", "confusion_matrix", "nmse", "subset_accuracy",
      ])
    #expect(metrics.map(\.isHigherBetter) == [true, true, false, false, true, true, false, true])
  }

  @Test func mismatchesAreErrors() {
    expectError("metric accuracy: label 3 of row 2 is outside 0..<3") {
      var metric = Accuracy()
      try metric.update(output: scores, target: HostTensor([1, 3, 0, 0] as [Int32]))
    }
    expectError("metric accuracy takes labels [4] for scores [4, 3], gets int32[3]") {
      var metric = Accuracy()
      try metric.update(output: scores, target: HostTensor([1, 0, 0] as [Int32]))
    }
    expectError("metric accuracy takes targets of the output's shape [4], gets [3]") {
      var metric = Accuracy()
      try metric.update(output: HostTensor([1.0, 2, 3, 4]), target: HostTensor([1.0, 2, 3]))
    }
    expectError("metric top_5 takes scores [N, classes], gets [4]") {
      var metric = TopK()
      try metric.update(output: HostTensor([1.0, 2, 3, 4]), target: labels)
    }
    expectError("metric mae takes targets of the output's shape [4, 3], gets [4]") {
      var metric = MeanAbsoluteError()
      try metric.update(output: scores, target: HostTensor([1.0, 2, 3, 4]))
    }
    expectError("metric confusion_matrix: 2 classes after 3 in earlier batches") {
      var metric = ConfusionMatrix()
      try metric.update(output: scores, target: labels)
      try metric.update(
        output: HostTensor(zeros: [1, 2]), target: HostTensor([0] as [Int32]))
    }
    expectError("metric r2: 1 columns after 3 in earlier batches") {
      var metric = R2()
      try metric.update(output: scores, target: scores)
      try metric.update(output: HostTensor([1.0]), target: HostTensor([1.0]))
    }
  }
}
