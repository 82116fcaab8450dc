import NNCore
import NNData
import NNLosses

/// Classes of very different sizes where neither loss, sampler nor metric takes them into account.
struct ClassImbalanceCheck: MistakeCheck {
  var name: String { "class-imbalance" }
  var meaning: String {
    "a class with 10 times the rows of another, without class_weight, sampler or a metric that shows it"
  }
  var stage: CheckStage { .start }

  private static let largestRatio = 10
  /// Metrics over all rows, which one large class determines.
  private static let blindMetrics: Set<String> = [
    "accuracy", "top_k", "mae", "rmse", "r2", "nmse", "perplexity", "bits_per_token",
  ]

  func findings(in subject: CheckSubject) -> [Finding] {
    let counts = subject.classCounts
    // Tinier classes are rare-class's.
    let present = counts.indices.filter { counts[$0] >= RareClassCheck.fewestRows }
    guard present.count > 1, !Self.isConsidered(by: subject.config), subject.train.weights == nil,
      let largest = present.max(by: { counts[$0] < counts[$1] }),
      let smallest = present.min(by: { counts[$0] < counts[$1] }),
      counts[largest] >= Self.largestRatio * counts[smallest]
    else { return [] }
    let train = subject.train
    let (many, few) = (counts[largest], counts[smallest])
    let hasClassWeights =
      subject.config.loss.options.contains { $0.name == "weight" }
      && subject.config.lossOutput.isClasses
    return [
      finding(
        "class \(train.className(largest)) has \(many) training rows, class "
          + "\(train.className(smallest)) has \(few)",
        why: "a network that always predicts \(train.className(largest)) is right for "
          + "\(FindingText.percent(many, of: counts.reduce(0, +))) of the rows",
        fix: (hasClassWeights ? "add class_weight: balanced to the loss, or " : "add ")
          + "sampler: balanced, or measure confusion_matrix",
        key: hasClassWeights
          ? "loss.\(subject.config.loss.kind).class_weight" : "data.sampler")
    ]
  }

  /// Whether a config takes the sizes of classes into account.
  private static func isConsidered(by config: Config) -> Bool {
    let weights = ["weight", "pos_weight"]
    return config.data.sampler != nil
      || config.losses.contains { loss in
        ["focal", "sigmoid_focal"].contains(loss.component.kind)
          || loss.component.options.contains { weights.contains($0.name) && $0.value != .null }
      }
      || config.metrics.contains { !blindMetrics.contains($0.kind) }
  }
}
