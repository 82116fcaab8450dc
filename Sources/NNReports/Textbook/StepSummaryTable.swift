package import NNAnalysis
import NNDrawing

/// A summary of a step by layer as a table.
package struct StepSummaryTable {
  /// The names of the columns.
  package let header = [
    "layer", "", "output", "size of output", "‖∂C/∂output‖", "parameters", "‖w‖", "‖∂C/∂w‖",
    "‖new w − w‖",
  ]
  /// The cells, row by row.
  package let rows: [[String]]

  /// Creates the table.
  package init(_ summary: StepSummary) {
    func text(_ value: Double?) -> String { value.map { NumberText.short($0) } ?? "–" }
    rows = summary.rows.map { row in
      [
        row.path.isEmpty ? "(whole)" : row.path, row.layer, "\(row.outputShape)",
        text(row.outputSize), text(row.outputGradientNorm), NumberText.integer(row.parameters),
        text(row.weightNorm), text(row.gradientNorm), text(row.updateNorm),
      ]
    }
  }

  /// What the table shows instead of single numbers, and why.
  package static func introduction(_ summary: StepSummary, _ reason: String) -> String {
    "This step is shown by layer, not number by number: \(reason). The size of an output is the root "
      + "mean square of its elements; ‖·‖ is the root of the sum of squares. "
      + "C = \(TextbookFormula.text(summary.loss))."
  }
}
