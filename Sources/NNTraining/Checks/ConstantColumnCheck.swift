import NNCore
import NNData

/// Columns that are the same in every training row.
struct ConstantColumnCheck: MistakeCheck {
  var name: String { "constant-column" }
  var meaning: String { "columns that are the same in every training row" }
  var stage: CheckStage { .data }

  /// More columns are pixels or the like, of which some are always constant.
  static let mostColumns = 200

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    guard subject.hasColumns, subject.train.count > 1 else { return [] }
    let columns = try subject.columns()
    guard columns.count <= Self.mostColumns || subject.train.featureNames != nil
    else { return [] }
    var findings: [Finding] = []
    for (index, column) in columns.enumerated() where Self.isConstant(column) {
      // The sample may miss rare values.
      guard Self.isConstant(try subject.train.column(index)) else { continue }
      let value = FindingText.short(column[0])
      findings.append(
        finding(
          "\(subject.train.columnTitle(index)) is \(value) in every training row",
          why: "it cannot help to tell rows apart, and another value later would be a surprise",
          fix: "leave the column out", key: subject.columnsKey))
    }
    return findings
  }

  /// Whether all numbers are equal.
  static func isConstant(_ numbers: [Double]) -> Bool {
    numbers.allSatisfy { $0 == numbers[0] }
  }
}
