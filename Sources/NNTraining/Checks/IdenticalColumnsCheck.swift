import NNCore
import NNData

/// Columns that are equal to each other in every training row.
struct IdenticalColumnsCheck: MistakeCheck {
  var name: String { "identical-columns" }
  var meaning: String { "columns that are equal to each other in every training row" }
  var stage: CheckStage { .data }

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    let train = subject.train
    guard subject.hasColumns, subject.sample.count > 2 else { return [] }
    let columns = try subject.columns()
    guard
      columns.count <= ConstantColumnCheck.mostColumns || train.featureNames != nil
    else { return [] }
    var first: [[Double]: Int] = [:]
    var findings: [Finding] = []
    for (index, column) in columns.enumerated() where !ConstantColumnCheck.isConstant(column) {
      guard let other = first[column] else {
        first[column] = index
        continue
      }
      guard try train.column(other) == train.column(index) else { continue }
      findings.append(
        finding(
          "\(train.columnTitle(index)) is equal to \(train.columnTitle(other)) in every training row",
          why: "the same number counts twice, and explanations of the network split it",
          fix: "leave one of the two out", key: subject.columnsKey))
    }
    return findings
  }
}
