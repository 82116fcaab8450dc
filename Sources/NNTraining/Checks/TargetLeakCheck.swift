import NNCore
import NNData

/// Columns that give the target away.
struct TargetLeakCheck: MistakeCheck {
  var name: String { "target-in-inputs" }
  var meaning: String {
    "a column that is the target, a multiple of it, a code of the class, or numbers of sorted rows"
  }
  var stage: CheckStage { .data }

  /// Fewer rows agree by chance.
  private static let fewestRows = 20

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    guard subject.hasColumns, subject.sample.count >= Self.fewestRows else { return [] }
    let columns = try subject.columns()
    let leaks: [(column: Int, what: String)]
    if let classes = subject.classes {
      let labels = subject.sample.map { classes[$0] }
      leaks = columns.enumerated().compactMap { index, column in
        Self.leak(column, labels).map { (index, $0) }
      }
    } else if !subject.train.hasLabels, subject.train.targetShape.elementCount == 1 {
      let all = subject.train.targets.doubles
      let targets = subject.sample.map { all[$0] }
      leaks = columns.enumerated().compactMap { index, column in
        // A line through one column is a regression like any other.
        Self.leak(column, targets, mayBeLinear: columns.count > 1).map { (index, $0) }
      }
    } else {
      return []
    }
    return leaks.map { column, what in
      finding(
        "\(subject.train.columnTitle(column)) \(what)\(subject.sampled)",
        why: "the network copies it, scores well here and fails where the column is unknown",
        fix: "leave the column out", key: subject.columnsKey)
    }
  }

  /// What a column has to do with the class; nil if it is no leak.
  private static func leak(_ column: [Double], _ labels: [Int32]) -> String? {
    var labelOf: [Double: Int32] = [:]
    for (value, label) in zip(column, labels) {
      if let known = labelOf[value], known != label { return nil }
      labelOf[value] = label
    }
    let classes = Set(labels).count
    guard classes > 1 else { return nil }
    if labelOf.count == classes, Set(labelOf.values).count == classes {
      return "has one value for each class"
    }
    // Numbers of rows that were sorted by class.
    guard labelOf.count == column.count, column.count >= 50,
      column.allSatisfy({ $0 == $0.rounded() })
    else { return nil }
    let sorted = labelOf.sorted { $0.key < $1.key }.map(\.value)
    let changes = zip(sorted, sorted.dropFirst()).count { $0 != $1 }
    return changes == classes - 1 ? "numbers rows that were sorted by class" : nil
  }

  /// What a column has to do with a number; nil if it is no leak.
  private static func leak(
    _ column: [Double], _ targets: [Double], mayBeLinear: Bool
  ) -> String? {
    guard Set(targets.prefix(1000)).count > 2 else { return nil }
    if column == targets { return "is the target" }
    guard mayBeLinear, let low = column.indices.min(by: { column[$0] < column[$1] }),
      let high = column.indices.max(by: { column[$0] < column[$1] }), column[low] < column[high]
    else { return nil }
    let factor = (targets[high] - targets[low]) / (column[high] - column[low])
    let spread = (targets.max() ?? 0) - (targets.min() ?? 0)
    guard factor != 0, spread > 0 else { return nil }
    let isLinear = column.indices.allSatisfy { row in
      let expected = targets[low] + factor * (column[row] - column[low])
      return (expected - targets[row]).magnitude <= 1e-6 * spread
    }
    return isLinear ? "is the target up to a factor and an offset" : nil
  }
}
