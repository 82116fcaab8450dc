import NNCore
import NNData
import NNLosses

/// Outputs whose shape lets the loss be computed but not mean what it should.
///
/// [N, 1] against [N], which other frameworks broadcast to [N, N], is an error of every loss here.
struct OutputShapeCheck: MistakeCheck {
  var name: String { "output-shape" }
  var meaning: String { "one output for a loss over classes, or more outputs than classes" }
  var stage: CheckStage { .start }

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    let config = subject.config
    let shape = try subject.outputShapes().values
    guard config.lossOutput.isClasses, shape.rank >= 2 else { return [] }
    if shape[1] == 1 {
      return [
        finding(
          "the network has one output for \(config.loss.kind)",
          why: "the softmax of one number is always 1, so the loss is always 0",
          fix: "end with one output for each class, or use bce_with_logits", key: "model")
      ]
    }
    let classes = subject.train.classCount
    return config.warnings(outputs: shape, classes: classes).map { warning in
      finding(
        "the network has \(shape[1]) outputs for \(FindingText.count(classes ?? 0, "class"))",
        why: "no row trains the others, and predictions may still name them",
        fix: "end with one output for each class", key: "model", warning: warning)
    }
  }
}
