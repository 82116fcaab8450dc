import NNCore

/// A softmax, log_softmax or sigmoid before a loss that applies it itself, or none before one that
/// does not.
struct OutputActivationCheck: MistakeCheck {
  var name: String { "output-activation" }
  var meaning: String {
    "the last layer does not match the loss, such as a softmax before cross_entropy"
  }
  var stage: CheckStage { .start }

  func findings(in subject: CheckSubject) -> [Finding] {
    guard let warning = subject.config.outputWarning,
      let last = subject.config.model.lastComputing
    else { return [] }
    // The warning is `place: reason; fix`.
    let reason = warning.split(separator: ": ", maxSplits: 1).last ?? ""
    let parts = reason.split(separator: "; ", maxSplits: 1).map(String.init)
    return [
      finding(
        "\(last.kind) is the last layer before \(subject.config.loss.kind)", why: parts.first ?? "",
        fix: parts.count > 1 ? parts[1] : "change the layer", key: "model.\(last.path)",
        warning: warning)
    ]
  }
}
