import NNCore
import NNDrawing
import NNTraining

/// Training examples before and after augmentation.
struct AugmentationSection: ReportSection {
  static let title = "Augmented examples"

  private static let rowCount = 6

  private let preview: AugmentationPreview

  init?(_ run: RunEvidence) throws(NNError) {
    guard let data = run.data, !run.facts.config.data.augment.isEmpty else { return nil }
    preview = try AugmentationPreview(run.facts.config, data: data, count: Self.rowCount)
  }

  func write(to page: inout Page) { preview.write(to: &page) }
}
