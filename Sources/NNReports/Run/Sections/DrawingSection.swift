import NNCore
import NNDrawing
import NNTraining

/// The network drawn.
struct DrawingSection: ReportSection {
  static let title = "Network"

  private let drawing: NetworkDrawing

  init?(_ run: RunEvidence) throws(NNError) {
    guard let model = run.model else { return nil }
    drawing = NetworkDrawing(try model.wiring(), title: run.facts.config.name)
  }

  func write(to page: inout Page) {
    page.html(
      "<div class=\"drawing\" tabindex=\"0\" role=\"region\" aria-label=\"Network\">"
        + drawing.svg(embedded: true) + "</div>")
  }
}
