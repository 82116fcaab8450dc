import NNCore
import NNMetrics
import Testing

/// Scores of classes, compared with scikit-learn's definitions.
@Suite struct ConfusionScoreTests {
  /// A matrix of predictions and labels, as one-hot scores.
  private func matrix(
    _ predicted: [Int], _ labels: [Int], classes: Int
  ) throws -> ConfusionMatrix {
    var matrix = ConfusionMatrix(rule: .classes)
    let scores = predicted.flatMap { label in (0..<classes).map { $0 == label ? 1.0 : 0 } }
    try matrix.update(
      output: HostTensor(scores, shape: [labels.count, classes]),
      target: HostTensor(labels.map { Int32($0) }))
    return matrix
  }

  /// The example of scikit-learn's `classification_report`, whose table has two digits.
  @Test func theExampleOfScikitLearn() throws {
    let matrix = try matrix([0, 0, 2, 2, 1], [0, 1, 2, 2, 2], classes: 3)
    #expect(matrix.support == [1, 1, 3])
    #expect(matrix.predictedCounts == [2, 1, 2])
    #expect(matrix.precision == [0.5, 0, 1])
    let twoThirds = 2.0 / 3
    #expect(matrix.recall == [1, 0, twoThirds])
    #expect(matrix.f1 == [twoThirds, 0, 0.8])
    let macro = matrix.average(.macro)
    let weighted = matrix.average(.weighted)
    func percent(_ numbers: [Double]) -> [Double] { numbers.map { ($0 * 100).rounded() } }
    #expect(percent([macro.precision, macro.recall, macro.f1]) == [50, 56, 49])
    #expect(percent([weighted.precision, weighted.recall, weighted.f1]) == [70, 60, 61])
    // Weighted recall is accuracy.
    #expect(abs(weighted.recall - matrix.value) < 1e-15)
  }

  /// Every element by its definition: counts of single examples.
  @Test func definitions() throws {
    let labels = (0..<60).map { ($0 * 7 + $0 / 5) % 4 }
    let predicted = (0..<60).map { ($0 * 5 + $0 / 3) % 5 }
    // Class 4 has no examples, class 5 has neither examples nor predictions.
    let matrix = try matrix(predicted, labels, classes: 6)
    let pairs = Array(zip(labels, predicted))
    var sums = (precision: 0.0, recall: 0.0, f1: 0.0, weighted: 0.0)
    for index in 0..<6 {
      let right = Double(pairs.count { $0.0 == index && $0.1 == index })
      let examples = Double(pairs.count { $0.0 == index })
      let found = Double(pairs.count { $0.1 == index })
      let precision = right / found
      let recall = right / examples
      let f1 = 2 * right / (examples + found)
      #expect(matrix.precision[index] == precision || precision.isNaN)
      #expect(matrix.recall[index] == recall || recall.isNaN)
      #expect(matrix.f1[index] == f1 || f1.isNaN)
      if index < 4 {
        // The harmonic mean of both.
        #expect(right == 0 || abs(f1 - 2 / (1 / precision + 1 / recall)) < 1e-15)
      }
      sums.precision += precision.isNaN ? 0 : precision
      sums.recall += recall.isNaN ? 0 : recall
      sums.f1 += f1.isNaN ? 0 : f1
      sums.weighted += f1.isNaN ? 0 : f1 * examples
    }
    #expect(matrix.recall[4].isNaN && matrix.f1[4] == 0)
    #expect(matrix.precision[5].isNaN && matrix.f1[5].isNaN)
    let macro = matrix.average(.macro)
    // Class 4 counts as 0, class 5 takes no part.
    #expect(abs(macro.precision - sums.precision / 5) < 1e-15)
    #expect(abs(macro.recall - sums.recall / 5) < 1e-15)
    #expect(abs(macro.f1 - sums.f1 / 5) < 1e-15)
    #expect(abs(matrix.average(.weighted).f1 - sums.weighted / 60) < 1e-15)
  }

  @Test func nothingHasNoScores() {
    for kind in ConfusionMatrix.Average.allCases {
      #expect(ConfusionMatrix().average(kind).f1.isNaN)
    }
    #expect(ConfusionMatrix().f1.isEmpty)
  }
}
