import NNCore

/// How high each example scores for one class, beside whether it is of that class: what curves over
/// all thresholds are drawn from.
struct RankedExamples: Sendable {
  /// The class that is told from the rest.
  let positiveClass: Int
  /// Labels of this value take no part.
  let ignoreIndex: Int
  /// What the scores stand for.
  let rule: PredictionRule
  private var scores: [Double] = []
  private var isPositive: [Bool] = []

  /// How many examples are of the class.
  private(set) var positiveCount = 0
  /// How many are not.
  var negativeCount: Int { scores.count - positiveCount }

  /// No examples yet.
  init(positiveClass: Int, ignoreIndex: Int, rule: PredictionRule) {
    self.positiveClass = positiveClass
    self.ignoreIndex = ignoreIndex
    self.rule = rule
  }

  /// Forgets all examples.
  mutating func reset() {
    self = RankedExamples(positiveClass: positiveClass, ignoreIndex: ignoreIndex, rule: rule)
  }

  /// What is found when all examples with at least some score are taken.
  struct Step {
    let threshold: Double
    let truePositives: Int
    let falsePositives: Int
  }

  /// Adds a batch: scores [N, C] with C > 1 and labels [N] or distributions [N, C], of which the
  /// class's column counts, or decisions, each with its target, which means yes from ½ on: the column
  /// of several, else all.
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
      for (index, truth) in batch.truths.enumerated() {
        guard let truth, columns == 1 || index / max(1, inner) % columns == positiveClass else {
          continue
        }
        add(batch.scores[index], truth)
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
    // What is no number is ranked last.
    scores.append(score.isNaN ? -.infinity : score)
    self.isPositive.append(isPositive)
    if isPositive { positiveCount += 1 }
  }

  /// The counts for each score that occurs as threshold, the highest first.
  var steps: [Step] {
    var steps: [Step] = []
    var (right, wrong) = (0, 0)
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    for (place, index) in order.enumerated() {
      if isPositive[index] { right += 1 } else { wrong += 1 }
      // Equal scores are above a threshold together.
      let isLast = place + 1 == order.count || scores[order[place + 1]] < scores[index]
      guard isLast else { continue }
      steps.append(
        Step(threshold: scores[index], truePositives: right, falsePositives: wrong))
    }
    return steps
  }
}
