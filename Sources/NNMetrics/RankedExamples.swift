import NNCore

/// The score of each example for one class, and whether it is of that class: the data of curves
/// over all thresholds.
struct RankedExamples: Sendable {
  /// The positive class.
  let positiveClass: Int
  /// Labels of this value are ignored.
  let ignoreIndex: Int
  /// How scores are interpreted.
  let rule: PredictionRule
  private var scores: [Double] = []
  private var isPositive: [Bool] = []

  /// The number of positive examples.
  private(set) var positiveCount = 0
  /// The number of negative examples.
  var negativeCount: Int { scores.count - positiveCount }

  /// Creates an empty collection.
  init(positiveClass: Int, ignoreIndex: Int, rule: PredictionRule) {
    self.positiveClass = positiveClass
    self.ignoreIndex = ignoreIndex
    self.rule = rule
  }

  /// Removes all examples.
  mutating func reset() {
    self = RankedExamples(positiveClass: positiveClass, ignoreIndex: ignoreIndex, rule: rule)
  }

  /// The counts when all examples with at least the threshold are predicted positive.
  struct Step {
    let threshold: Double
    let truePositives: Int
    let falsePositives: Int
  }

  /// Adds a batch: scores [N, C] with C > 1 and labels [N] or distributions [N, C], of which the
  /// positive class's column is used; or binary decisions with one target each, which is positive
  /// from ½ on: the class's column if there are several, else all.
  mutating func add(
    _ output: HostTensor, _ target: HostTensor, metric: String
  ) throws(NNError) {
    let columns = output.shape.rank >= 2 ? output.shape[1] : 1
    guard columns == 1 || positiveClass < columns else {
      throw .invalid("metric \(metric): there is no class \(positiveClass) among \(columns)")
    }
    if rule.readsDecisions(output, target) {
      let batch = try DecisionScores(output, target, ignoreIndex: ignoreIndex, metric: metric)
      let inner = output.shape.dimensions.dropFirst(2).reduce(1, *)
      for (index, label) in batch.labels.enumerated() {
        guard let label, columns == 1 || index / max(1, inner) % columns == positiveClass else {
          continue
        }
        add(batch.scores[index], label)
      }
      return
    }
    let batch = try ClassScores(output, target, ignoreIndex: ignoreIndex, metric: metric)
    for (row, label) in batch.labels.enumerated() {
      guard let label else { continue }
      add(batch.scores[row * batch.classes + positiveClass], label == positiveClass)
    }
  }

  private mutating func add(_ score: Double, _ isPositive: Bool) {
    // NaN is ranked last.
    scores.append(score.isNaN ? -.infinity : score)
    self.isPositive.append(isPositive)
    if isPositive { positiveCount += 1 }
  }

  /// The counts for each score that occurs as threshold, the highest first.
  var steps: [Step] {
    var steps: [Step] = []
    var (right, wrong) = (0, 0)
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    for (rank, index) in order.enumerated() {
      if isPositive[index] { right += 1 } else { wrong += 1 }
      // Equal scores are above a threshold together.
      let isLast = rank + 1 == order.count || scores[order[rank + 1]] < scores[index]
      guard isLast else { continue }
      steps.append(
        Step(threshold: scores[index], truePositives: right, falsePositives: wrong))
    }
    return steps
  }
}
