import NNCore
import NNMetrics
import NNTestSupport
import Testing

/// Expected numbers are those of scikit-learn 1.9: roc_auc_score, roc_curve
/// (drop_intermediate=False), average_precision_score, precision_recall_curve.
@Suite struct CurveMetricTests {
  private let scores = HostTensor([0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.3, 0.2, 0.1, 0.4, 0.55])
  private let targets = HostTensor([1.0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1])
  private let probabilities = HostTensor(
    [
      0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.3, 0.3, 0.4, 0.2, 0.5, 0.3, 0.6, 0.3, 0.1, 0.05, 0.05, 0.9,
      0.4, 0.35, 0.25, 0.25, 0.5, 0.25,
    ], shape: [8, 3])
  private let labels = HostTensor([0, 1, 2, 1, 2, 2, 1, 0] as [Int32])

  @Test func rocWithTies() throws {
    var roc = ROC()
    try roc.update(output: scores, target: targets)
    expectClose([roc.value], [0.6805555555555556], Tolerance(relative: 1e-15))
    let points = roc.points
    expectClose(
      points.map(\.falsePositiveRate),
      [0, 0, 1.0 / 6, 1.0 / 6, 0.5, 0.5, 4.0 / 6, 5.0 / 6, 5.0 / 6, 1], Tolerance(relative: 1e-15))
    expectClose(
      points.map(\.truePositiveRate),
      [0, 1.0 / 6, 2.0 / 6, 0.5, 4.0 / 6, 5.0 / 6, 5.0 / 6, 5.0 / 6, 1, 1],
      Tolerance(relative: 1e-15))
    #expect(
      points.map(\.threshold) == [.infinity, 0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.2, 0.1])
  }

  @Test func precisionByRecallWithTies() throws {
    var curve = PrecisionRecall()
    try curve.update(output: scores, target: targets)
    expectClose([curve.value], [0.6930916305916305], Tolerance(relative: 1e-15))
    let points = curve.points
    #expect(points.map(\.threshold) == [0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.2, 0.1])
    expectClose(
      points.map(\.precision),
      [
        1, 0.6666666666666666, 0.75, 0.5714285714285714, 0.625, 0.5555555555555556, 0.5,
        0.5454545454545454, 0.5,
      ], Tolerance(relative: 1e-15))
    expectClose(
      points.map(\.recall),
      [1.0 / 6, 2.0 / 6, 0.5, 4.0 / 6, 5.0 / 6, 5.0 / 6, 5.0 / 6, 1, 1],
      Tolerance(relative: 1e-15))
    #expect(curve.prevalence == 0.5)
  }

  @Test(arguments: [
    (0, 0.75, 0.7), (1, 0.9, 0.8055555555555556), (2, 0.7333333333333332, 0.7916666666666666),
  ])
  func oneAgainstTheRest(of positive: Int, area: Double, precision: Double) throws {
    var roc = ROC(positiveClass: positive)
    var curve = PrecisionRecall(positiveClass: positive)
    // In two batches, as a data set comes.
    for range in [0..<3, 3..<8] {
      try roc.update(output: probabilities.rows(range), target: labels.rows(range))
      try curve.update(output: probabilities.rows(range), target: labels.rows(range))
    }
    expectClose([roc.value, curve.value], [area, precision], Tolerance(relative: 1e-14))
    #expect(roc.points.first?.truePositiveRate == 0 && roc.points.last?.truePositiveRate == 1)
  }

  @Test func rankingAtItsLimits() throws {
    var perfect = ROC()
    let separated = HostTensor([0.1, 0.2, 0.8, 0.9])
    let sorted = HostTensor([0.0, 0, 1, 1])
    try perfect.update(output: separated, target: sorted)
    #expect(perfect.value == 1)
    var reversed = ROC()
    try reversed.update(output: separated, target: HostTensor([1.0, 1, 0, 0]))
    #expect(reversed.value == 0)
    var constant = ROC()
    try constant.update(output: HostTensor([0.5, 0.5, 0.5, 0.5]), target: sorted)
    #expect(constant.value == 0.5 && constant.points.count == 2)
    // A score of NaN is ranked last.
    var broken = ROC()
    try broken.update(output: HostTensor([.nan, 0.2, 0.8, 0.9]), target: sorted)
    #expect(broken.value == 1)
    // Without both kinds of examples there is no curve.
    var onlyPositives = ROC()
    try onlyPositives.update(output: separated, target: HostTensor([1.0, 1, 1, 1]))
    #expect(onlyPositives.value.isNaN && onlyPositives.points.isEmpty)
    var empty = PrecisionRecall()
    #expect(empty.value.isNaN && empty.points.isEmpty)
    try empty.update(output: separated, target: HostTensor([0.0, 0, 0, 0]))
    #expect(empty.value.isNaN)
    // Ignored examples are not counted.
    var partial = ROC()
    try partial.update(output: separated, target: HostTensor([1.0, 0, -100, 1]))
    #expect(partial.value == 0.5)
    partial.reset()
    #expect(partial.value.isNaN)
  }

  /// Confidences .7 .8 .4 .5 .6 .9 .4 .5, of which the first four and the sixth are correct.
  @Test func calibrationByHand() throws {
    var figure = Calibration(binCount: 5)
    try figure.update(output: probabilities, target: labels)
    let bins = figure.bins
    #expect(bins.map(\.count) == [0, 2, 3, 2, 1])
    expectClose(
      bins[1...].map(\.confidence), [0.4, 1.6 / 3, 0.75, 0.9], Tolerance(relative: 1e-14))
    expectClose(bins[1...].map(\.accuracy), [0.5, 1.0 / 3, 1, 1], Tolerance(relative: 1e-14))
    #expect(bins[0].confidence.isNaN && bins[0].accuracy.isNaN)
    let expected = (2 * 0.1 + 3 * (1.6 / 3 - 1.0 / 3) + 2 * 0.25 + 1 * 0.1) / 8
    expectClose([figure.value], [expected], Tolerance(relative: 1e-12))
    figure.reset()
    #expect(figure.value.isNaN && figure.bins.count == 5)
  }

  @Test func calibrationOfOneOutput() throws {
    var figure = Calibration(binCount: 4)
    let output = HostTensor([0.0, 0.25, 0.5, 0.9, 1], shape: [5, 1])
    try figure.update(output: output, target: HostTensor([0.0, 1, 1, 1, 1], shape: [5, 1]))
    // A bin includes its upper bound, and the first one also 0.
    #expect(figure.bins.map(\.count) == [2, 1, 0, 2])
    expectClose(
      [figure.value], [(2 * (0.5 - 0.125) + 1 * 0.5 + 2 * (1 - 0.95)) / 5],
      Tolerance(relative: 1e-14))
  }

  @Test func mismatchesAreErrors() {
    expectError("metric roc_auc: there is no class 3 among 3") {
      var roc = ROC(positiveClass: 3)
      try roc.update(output: probabilities, target: labels)
    }
    expectError("metric roc_auc takes targets of the output's shape [12], gets [3]") {
      var roc = ROC()
      try roc.update(output: scores, target: HostTensor([1.0, 0, 1]))
    }
    expectError("metric average_precision: label 7 of row 1 is outside 0..<3") {
      var curve = PrecisionRecall()
      try curve.update(output: probabilities.rows(0..<1), target: HostTensor([7] as [Int32]))
    }
    expectError("metric calibration_error takes probabilities, gets -2.0") {
      var figure = Calibration()
      try figure.update(output: HostTensor([-2.0, 3.0]), target: HostTensor([1.0, 0]))
    }
  }

  @Test func namesAndDirections() {
    let metrics: [any Metric] = [ROC(), PrecisionRecall(), Calibration()]
    #expect(metrics.map(\.name) == ["roc_auc", "average_precision", "calibration_error"])
    #expect(metrics.map(\.isHigherBetter) == [true, true, false])
  }
}
