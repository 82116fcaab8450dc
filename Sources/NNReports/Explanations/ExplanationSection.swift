import NNCore
import NNDrawing
import NNTraining

/// What the network's outputs depend on, as `nntrain explain` found it: drawings of single rows, and
/// the importance of features.
struct ExplanationSection: ReportSection {
  static let title = "Explanations"

  private let rows: ExplanationRecord?
  private let importance: ImportanceRecord?

  init?(_ run: RunEvidence) throws(NNError) {
    rows = try ExplanationRecord(run.facts.folder)
    importance = try ImportanceRecord(run.facts.folder)
    guard rows != nil || importance != nil else { return nil }
  }

  func write(to page: inout Page) {
    if let rows { write(rows, to: &page) }
    if let importance { write(importance, to: &page) }
  }

  private func write(_ record: ExplanationRecord, to page: inout Page) {
    let chosen = record.areWorst ? "the rows with the highest loss" : "chosen rows"
    page.paragraph(
      "How much each part of an input contributes to an output, by the method \(record.method), for "
        + "\(chosen) of \(record.data). Blue contributions are negative, orange ones positive.")
    ReportStyle.pairs(&page) { page in
      for row in record.rows {
        for input in row.inputs {
          let suffix = input.name.map { ", \($0)" } ?? ""
          page.figure(
            ExplanationFigure(input).figure(
              title: "Row \(row.row)\(suffix)", panelWidth: ReportStyle.panelWidth),
            caption: Self.caption(row))
        }
      }
    }
  }

  private static func caption(_ row: ExplanationRecord.Row) -> String {
    var facts = ["output \(row.output) is \(NumberText.short(row.score))"]
    if let target = row.target { facts.append("target \(target)") }
    if let loss = row.loss { facts.append("loss \(NumberText.short(loss))") }
    if let error = row.completenessError {
      facts.append("completeness error \(NumberText.short(error, digits: 2))")
    }
    return facts.joined(separator: ", ")
  }

  private func write(_ record: ImportanceRecord, to page: inout Page) {
    let change = record.isHigherBetter ? "fall" : "rise"
    page.paragraph(
      "Permutation importance: the \(change) of \(record.score), which is "
        + "\(NumberText.short(record.baseline, digits: 4)) on "
        + "\(NumberText.integer(record.count)) examples of \(record.data), when a feature is "
        + "shuffled among them; mean of \(record.repeats), with one standard deviation up and down."
    )
    page.figure(
      ImportanceFigure(
        score: record.score, isHigherBetter: record.isHigherBetter, ranked: record.ranked
      ).figure(title: "Importance of features"))
  }
}
