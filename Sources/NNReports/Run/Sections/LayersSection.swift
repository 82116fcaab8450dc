import NNCore
import NNData
import NNDrawing
import NNTraining

/// The layers with their output shapes, parameters and multiply–accumulates.
struct LayersSection: ReportSection {
  static let title = "Layers"

  private let summary: ModelSummary

  init?(_ run: RunEvidence) throws(NNError) {
    guard let data = run.data else { return nil }
    summary = try ModelSummary(config: run.facts.config, data: data.train)
  }

  func write(to page: inout Page) {
    page.table(
      header: ["path", "layer", "output", "parameters", "multiply-adds"],
      rows: summary.rows.map { row in
        [
          row.path, row.layer, "\(row.outputShape)", NumberText.integer(row.parameters),
          NumberText.integer(row.multiplyAdds),
        ]
      } + [
        [
          "total", "", "", NumberText.integer(summary.parameterCount),
          NumberText.integer(summary.multiplyAdds),
        ]
      ])
    page.paragraph(
      "Shapes and multiply-adds are per example. "
        + "A training step of \(summary.batchSize) examples takes "
        + "\(Self.size(summary.stateByteCount)) for parameters and optimizer, "
        + "\(Self.size(summary.arenaByteCount)) for intermediate results and "
        + "\(Self.size(summary.inputByteCount)) for the batch.")
  }

  /// A byte count in the largest unit that leaves one to four digits.
  private static func size(_ bytes: Int) -> String {
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit < 3 {
      value /= 1024
      unit += 1
    }
    return "\(NumberText.short(value)) \(["B", "KiB", "MiB", "GiB"][unit])"
  }
}
