import NNCore
import NNData

/// Classes with hardly any training rows.
struct RareClassCheck: MistakeCheck {
  var name: String { "rare-class" }
  var meaning: String { "classes with fewer than 5 training rows, where others have many" }
  var stage: CheckStage { .start }

  static let fewestRows = 5
  /// So much larger are classes on average where one is rare: small data sets are small throughout.
  private static let ratio = 10

  func findings(in subject: CheckSubject) -> [Finding] {
    let counts = subject.classCounts
    let present = counts.indices.filter { counts[$0] > 0 }
    let total = counts.reduce(0, +)
    let rare = present.filter {
      counts[$0] < Self.fewestRows && counts[$0] * Self.ratio * present.count < total
    }
    guard !rare.isEmpty else { return [] }
    let names = rare.prefix(10).map { "\(subject.train.className($0)) (\(counts[$0]))" }
    return [
      finding(
        "\(FindingText.count(rare.count, "class")) with fewer than \(Self.fewestRows) training rows: "
          + names.joined(separator: ", ") + (rare.count > 10 ? ", …" : ""),
        why: "so few rows show no pattern, and a split may leave none for training or validation",
        fix: "collect more rows, merge the class with another or leave it out", key: "data.train")
    ]
  }
}
