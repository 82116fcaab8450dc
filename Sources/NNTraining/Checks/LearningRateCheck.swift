import NNCore
import NNOptimizers

/// A learning rate that is far from any at which the optimizer trains.
///
/// Adaptive optimizers move each parameter by about the rate, whatever the gradient; SGD moves it by
/// the rate times the gradient, so that its useful rates vary more.
struct LearningRateCheck: MistakeCheck {
  var name: String { "learning-rate" }
  var meaning: String { "a learning rate far from any at which the optimizer trains" }
  var stage: CheckStage { .start }

  private static let lowest = 1e-7

  private static func highest(_ kind: String) -> Double {
    switch kind {
    case "adam", "adamw", "rmsprop": 0.5
    default: 50
    }
  }

  func findings(in subject: CheckSubject) -> [Finding] {
    let config = subject.config
    // A schedule may start anywhere.
    guard config.schedule.isEmpty else { return [] }
    guard let rate = (try? config.makeOptimizer())?.learningRate, rate > 0 else { return [] }
    let kind = config.optimizer.kind
    let (lowest, highest) = (Self.lowest, Self.highest(kind))
    guard !(lowest...highest).contains(rate) else { return [] }
    return [
      finding(
        "the learning rate of \(kind) is \(FindingText.short(rate))",
        why: rate > highest
          ? "steps of that size leave any minimum, so the loss diverges or stays high"
          : "steps of that size change nothing within the \(config.epochs) epochs",
        fix: "use the default, or ask nntrain lr-find", key: "optimizer.\(kind).lr")
    ]
  }
}
