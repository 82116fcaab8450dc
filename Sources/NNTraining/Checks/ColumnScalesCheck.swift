import NNCore
import NNData

/// Columns of very different scales that nothing normalizes.
struct ColumnScalesCheck: MistakeCheck {
  var name: String { "column-scales" }
  var meaning: String {
    "columns that are not normalized, one of which varies 100 times as much as another"
  }
  var stage: CheckStage { .start }

  private static let largestRatio = 100.0

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    guard subject.readsNumbers, !subject.normalizesInputs,
      try UnscaledInputsCheck().findings(in: subject).isEmpty
    else { return [] }
    let deviations = try subject.columns().map(Self.deviation)
    // A constant column has no scale.
    let varying = deviations.indices.filter { deviations[$0] > 0 }
    guard let widest = varying.max(by: { deviations[$0] < deviations[$1] }),
      let narrowest = varying.min(by: { deviations[$0] < deviations[$1] }),
      deviations[widest] >= Self.largestRatio * deviations[narrowest]
    else { return [] }
    func text(_ column: Int) -> String {
      "\(subject.train.columnTitle(column)) by \(FindingText.short(deviations[column]))"
    }
    return [
      finding(
        "\(text(widest)) and \(text(narrowest)) (standard deviations)",
        why: "the network at first reads the large column alone, and no learning rate suits both",
        fix: "add normalize: standard", key: "data.normalize")
    ]
  }

  /// The standard deviation of numbers.
  private static func deviation(_ numbers: [Double]) -> Double {
    let count = Double(max(1, numbers.count))
    let mean = numbers.reduce(0, +) / count
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    // Of a constant column rounding may leave a little.
    return variance.squareRoot() > 1e-12 * mean.magnitude ? variance.squareRoot() : 0
  }
}
