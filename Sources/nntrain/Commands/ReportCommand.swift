import ArgumentParser
import NNCore
import NNReports
import NNTraining

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a page with a run's figures and pictures, or compares runs.",
    discussion: """
      The page is one file that needs no network. Of one run it is report.html in the run's folder, \
      as train writes it; of several it is comparison.html, with their curves laid over each other \
      and the options in which they differ. A run that was interrupted is reported as far as it came.

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
