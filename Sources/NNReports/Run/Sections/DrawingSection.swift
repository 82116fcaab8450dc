import NNCore
import NNDrawing
import NNTraining

/// A drawing of the network.
struct DrawingSection: ReportSection {
  static let title = "Network"

  private let drawing: NetworkDrawing

  init?(_ run: RunEvidence) throws(NNError) {
    guard let model = run.model else { return nil }
    drawing = NetworkDrawing(try model.wiring(), title: run.facts.config.name)
  }

  func write(to page: inout Page) {
    page.drawing(svg: drawing.svg(embedded: true), name: "Network", isTall: drawing.isTall)
  }
}
