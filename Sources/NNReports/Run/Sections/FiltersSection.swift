import NNCore
import NNDrawing
import NNTraining

/// The filters of the first layer of a network for images.
struct FiltersSection: ReportSection {
  static let title = "First layer"

  private static let largestCount = 64
  /// The maximum number of pixels along a filter's longer side.
  private static let largestSide = 56

  private let filters: FirstLayerFilters

  init?(_ run: RunEvidence) throws(NNError) {
    guard let model = run.model,
      let filters = FirstLayerFilters(weights: model.weights, inputShape: model.inputShape)
    else { return nil }
    self.filters = filters
  }

  func write(to page: inout Page) {
    let count = min(Self.largestCount, filters.filters.count)
    page.figure(
      Figure(
        title: "Filters",
        description: "The weights of \(count) filters of \(filters.height) by \(filters.width)",
        panels: [
          ImageGrid(
            images: (0..<count).map {
              filters.image($0, colors: .diverging).reduced(to: Self.largestSide)
            },
            columns: count > 16 ? 16 : 8, scale: max(1, 36 / max(filters.height, filters.width)))
        ]),
      caption: "\(filters.parameter): "
        + (count < filters.filters.count
          ? "the first \(count) of \(filters.filters.count)" : "all \(count)")
        + " filters. "
        + (filters.channels == 1
          ? "Blue weights are negative, orange ones positive; all share one scale."
          : "Grey is 0; all share one scale."))
  }
}
