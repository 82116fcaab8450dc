import ArgumentParser
import NNCore
import NNReports
import NNTraining

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a page with a run's figures and pictures, or compares runs.",
    discussion: """
      The page is one file that works offline. For one run it is report.html in the run's folder, \
      as written by train; for several it is comparison.html, with their curves in the same plots \
      and the options in which they differ. For an interrupted run, the report covers the finished \
      part.

      EXAMPLES:
        nntrain report runs/mnist-1
        nntrain report runs/mnist-1 runs/mnist-2 --output mnist.html
      """)

  @Argument(
    help: ArgumentHelp("The run folders.", valueName: "run"), completion: .directory)
  var folders: [String]

  @Option(
    help: ArgumentHelp(
      "The file to write (default: report.html in the run's folder, or comparison.html).",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let runs = folders.map { RunFolder($0) }
    let path: String
    if runs.count > 1 {
      path = output ?? "comparison.html"
      try RunReport.compare(runs, to: path)
    } else {
      path = try RunReport.write(runs[0], to: output)
    }
    try globals.report("report: \(path)")
  }
}
