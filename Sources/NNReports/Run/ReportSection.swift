import NNCore
import NNDrawing

/// A section of a run's report, included where it applies.
protocol ReportSection: SendableMetatype {
  /// The heading.
  static var title: String { get }

  /// Computes the section's content; nil where it does not apply to the run.
  init?(_ run: RunEvidence) throws(NNError)

  /// Adds it to a page, below its heading.
  func write(to page: inout Page)
}
