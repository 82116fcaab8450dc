import NNCore
import NNData

/// Inputs far from 1 that nothing normalizes.
struct UnscaledInputsCheck: MistakeCheck {
  var name: String { "unscaled-inputs" }
  var meaning: String { "inputs beyond 100 or below 0.01 that are not normalized" }
  var stage: CheckStage { .start }

  private static let expected = 0.01..<100.0

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    guard subject.readsNumbers, !subject.normalizesInputs else { return [] }
    let peaks = try subject.columns().map { column in column.reduce(0) { max($0, $1.magnitude) } }
    guard let peak = peaks.max(), peak > 0, !Self.expected.contains(peak),
      let column = peaks.firstIndex(of: peak)
    else { return [] }
    let title = subject.train.columnTitle(column)
    let number = FindingText.short(peak)
    return [
      finding(
        peak >= Self.expected.upperBound
          ? "\(title) of the inputs has numbers up to \(number)"
          : "no input is larger than \(number)",
        why: peak >= Self.expected.upperBound
          ? "initial weights are made for inputs around 1: larger ones saturate units or diverge"
          : "initial weights are made for inputs around 1: smaller ones hardly change the outputs",
        fix: "add normalize: standard", key: "data.normalize")
    ]
  }
}
