import NNCore

/// How high each example scores for one class, beside whether it is of that class: what curves over
/// all thresholds are drawn from.
struct RankedExamples: Sendable {
  /// The class that is told from the rest.
  let positiveClass: Int
  /// Labels of this value take no part.
  let ignoreIndex: Int
  private var scores: [Double] = []
  private var isPositive: [Bool] = []

  /// How many examples are of the class.
  private(set) var positiveCount = 0
  /// How many are not.
  var negativeCount: Int { scores.count - positiveCount }

  /// No examples yet.
  init(positiveClass: Int, ignoreIndex: Int) {
    self.positiveClass = positiveClass
    self.ignoreIndex = ignoreIndex
  }

  /// Forgets all examples.
  mutating func reset() {
    self = RankedExamples(positiveClass: positiveClass, ignoreIndex: ignoreIndex)
  }

  /// What is found when all examples with at least some score are taken.
  struct Step {
    let threshold: Double
    let truePositives: Int
    let falsePositives: Int
  }

  /// Adds a batch: scores [N, C] with C > 1 and labels [N] or distributions [N, C], of which the
  /// class's column counts; else one score for each target, which is of the class from ½ on.
  mutating func add(
    _ output: HostTensor, _ target: HostTensor, metric: String
  ) throws(NNError) {
    guard output.shape.rank >= 2, output.shape[1] > 1 else {
      guard output.elementCount == target.elementCount else {
        throw .invalid(
          "metric \(metric) takes targets of the output's shape \(output.shape), "
            + "gets \(target.shape)")
      }
      for (score, truth) in zip(output.doubles, target.doubles) where truth != Double(ignoreIndex) {
        add(score, truth >= 0.5)
      }
      return
    }
    guard positiveClass < output.shape[1] else {
      throw .invalid(
        "metric \(metric): there is no class \(positiveClass) among \(output.shape[1])")
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
