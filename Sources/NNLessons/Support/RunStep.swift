import NNAnalysis
import NNCore
import NNReports
import NNTraining

/// The first training step of a run, explained number by number.
struct RunStep {
  private let folder: RunFolder
  private let config: Config
  private let explanation: StepExplanation

  /// Trains the first step of a run again.
  ///
  /// - Throws: `NNError` when its data are missing, or its steps are not one forward and one
  ///   backward pass.
  init(_ folder: RunFolder) throws(NNError) {
    self.folder = folder
    config = try Config(recordedAt: folder.config)
    do throws(NNError) { explanation = try StepExplanation.firstStep(of: config) } catch {
      throw error.at(folder.path)
    }
  }

  /// Adds the step to a lesson.
  func explain(_ report: inout LessonReport) {
    report.paragraph(
      """
      The same for a whole network: step 1 of the run in \(folder.path), trained again from the \
      initial weights that its config's seed draws.
      """)
    switch explanation {
    case .numbers(let step):
      report.measure("step of the run: C", step.loss)
      report.measure("step of the run: largest difference of a formula", step.largestDifference)
      report.paragraph(TextbookText.introduction(step))
      report.show(step)
    case .layers(let summary, let reason):
      report.measure("step of the run: C", summary.loss)
      let table = StepSummaryTable(summary)
      report.table(
        header: table.header, rows: table.rows,
        caption: StepSummaryTable.introduction(summary, reason))
    }
  }
}
