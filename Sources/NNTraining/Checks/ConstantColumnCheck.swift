import NNCore
import NNData

/// Columns that are the same in every training row.
struct ConstantColumnCheck: MistakeCheck {
  var name: String { "constant-column" }
  var meaning: String { "columns that are the same in every training row" }
  var stage: CheckStage { .data }

  /// More columns are pixels or the like, of which some are always constant.
  static let mostColumns = 200

  func findings(in subject: CheckSubject) -> [Finding] {
    guard subject.hasColumns, subject.train.count > 1,
      subject.columns.count <= Self.mostColumns || subject.train.featureNames != nil
    else { return [] }
    return subject.columns.indices.filter { column in
      Self.isConstant(subject.columns[column])
        // The sample may miss rare values.
        && Self.isConstant(subject.train.column(column))
    }.map { column in
      let value = FindingText.short(subject.train.column(column)[0])
      return finding(
        "\(subject.train.columnTitle(column)) is \(value) in every training row",
        why: "it cannot help to tell rows apart, and another value later would be a surprise",
        fix: "leave the column out", key: subject.columnsKey)
    }
  }

  /// Whether all numbers are equal.
  static func isConstant(_ numbers: [Double]) -> Bool {
    numbers.allSatisfy { $0 == numbers[0] }
  }
}
