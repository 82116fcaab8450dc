import NNCore
import NNDrawing
import NNTraining

/// The config with every default filled in.
struct ConfigSection: ReportSection {
  static let title = "Config"

  private let text: String

  init?(_ run: RunEvidence) throws(NNError) { text = run.facts.config.resolvedYAML }

  func write(to page: inout Page) {
    page.details(summary: "The resolved config") { page in page.code(text, language: "yaml") }
  }
}
