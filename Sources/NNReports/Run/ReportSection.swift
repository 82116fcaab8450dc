import NNCore
import NNDrawing

/// A part of a run's report, which appears where it applies.
protocol ReportSection: SendableMetatype {
  /// The heading.
  static var title: String { get }

  /// Works out what the section shows; nil where it does not apply to the run.
  init?(_ run: RunEvidence) throws(NNError)

  /// Adds it to a page, below its heading.
  func write(to page: inout Page)
}
