import NNCore
import NNData
import NNDrawing
import NNTraining

/// How the columns of a table became inputs, and what was filled in, unknown, clipped or left out.
struct ColumnsSection: ReportSection {
  static let title = "Data"

  /// More columns are only counted.
  private static let largestCount = 50

  private let columns: [ColumnEncoding]
  private let notes: [String]

  init?(_ run: RunEvidence) throws(NNError) {
    columns = run.model?.encoding.columns ?? []
    notes = run.data?.noteLines ?? []
    guard !columns.isEmpty || !notes.isEmpty else { return nil }
  }

  func write(to page: inout Page) {
    if !columns.isEmpty {
      page.paragraph(
        "The inputs as encoded; averages, quantiles and categories are those of the training rows.")
      page.table(
        header: ["column", "type", "inputs", "missing values"],
        rows: columns.prefix(Self.largestCount).map { column in
          [
            column.name, column.type.rawValue,
            column.categoryCount.map { "1 of its own, 0 to \($0 - 1), for an embedding" }
              ?? NumberText.integer(column.inputCount),
            column.missing,
          ]
        })
      if columns.count > Self.largestCount {
        page.paragraph("And \(NumberText.integer(columns.count - Self.largestCount)) more columns.")
      }
    }
    if !notes.isEmpty { page.table(header: ["not read as written"], rows: notes.map { [$0] }) }
  }
}
