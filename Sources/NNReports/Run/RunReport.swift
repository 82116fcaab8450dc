public import NNCore
import NNDrawing
import NNFormats
public import NNTraining

/// A run's results and plots in one page that loads nothing and runs no script.
///
/// ```swift
/// try RunReport.write(RunFolder("runs/mnist-1"))   // runs/mnist-1/report.html
/// ```
public enum RunReport {
  /// The sections of a report in their order.
  static let sections: [any ReportSection.Type] = [
    SummarySection.self, CurvesSection.self, ConfusionSection.self, RankingSection.self,
    CalibrationSection.self, RegressionSection.self, ForecastSection.self, BoundarySection.self,
    WorstExamplesSection.self, AugmentationSection.self, ExplanationSection.self,
    AttackSection.self, SamplesSection.self, FiltersSection.self, DrawingSection.self,
    LayersSection.self, ColumnsSection.self, TimingSection.self,
    ConfigSection.self, OriginSection.self,
  ]

  /// Writes the report of a run that has ended or was interrupted, as far as its files allow.
  ///
  /// - Parameters:
  ///   - folder: The run.
  ///   - path: The file to write; nil for `report.html` in the folder.
  /// - Returns: The file's path.
  /// - Throws: `NNError` when the folder holds no run or the file cannot be written.
  @discardableResult
  public static func write(
    _ folder: RunFolder, to path: String? = nil
  ) throws(NNError) -> String {
    try write(RunEvidence(folder), to: path)
  }

  /// Writes the report of a run whose data are already loaded.
  ///
  /// - Returns: The file's path.
  /// - Throws: `NNError` when the file cannot be written.
  @discardableResult
  public static func write(_ run: TrainingRun) throws(NNError) -> String {
    try write(RunEvidence(run.folder, data: run.data), to: nil)
  }

  /// Writes a page that plots the curves of several runs together and lists their figures and the
  /// differences between their configs.
  ///
  /// - Parameters:
  ///   - folders: The runs, two or more.
  ///   - path: The file to write.
  /// - Throws: `NNError` when a folder holds no run or the file cannot be written.
  public static func compare(_ folders: [RunFolder], to path: String) throws(NNError) {
    try AtomicFile.write(path: path, text: RunComparison(folders).page.text(), isSynced: false)
  }

  private static func write(_ run: RunEvidence, to path: String?) throws(NNError) -> String {
    let path = path ?? run.facts.folder.report
    try AtomicFile.write(path: path, text: page(run).text(), isSynced: false)
    return path
  }

  /// The page; a section that fails is replaced by the reason.
  private static func page(_ run: RunEvidence) -> Page {
    var page = Page(title: run.facts.config.name)
    page.summary = "The run in \(run.facts.folder.path)"
    page.footer = "nntrain \(Version.current)"
    page.headline = Headline(run)
    page.hasContents = true
    page.html("<style>\(ReportStyle.css)</style>")
    for kind in sections {
      do throws(NNError) {
        guard let section = try kind.init(run) else { continue }
        page.heading(kind.title)
        section.write(to: &page)
      } catch {
        page.heading(kind.title)
        page.paragraph("This section is missing: \(error)")
      }
    }
    return page
  }
}
