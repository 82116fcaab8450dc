import ArgumentParser
import NNCore
import NNDrawing
import NNFormats
import NNReports
import NNTraining

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Lists, compares and removes runs.",
    discussion: """
      The runs of a folder, the latest last: state, epochs done, the best value of the monitored \
      figure, the last training loss, the time of the last write, and the size.

      A run is training while a process holds its lock, interrupted when it can be resumed, \
      finished, stopped early, or damaged.

      EXAMPLES:
        nntrain runs
        nntrain runs experiments --json
        nntrain runs compare runs/mnist-1 runs/mnist-2
        nntrain runs rm runs/mnist-1
      """,
    subcommands: [RunsListCommand.self, RunsCompareCommand.self, RunsRemoveCommand.self],
    defaultSubcommand: RunsListCommand.self)
}

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the runs of a folder.",
    discussion: """
      EXAMPLES:
        nntrain runs list
        nntrain runs list experiments --json
      """)

  @Argument(
    help: ArgumentHelp("The folder of the runs, or one run folder.", valueName: "dir"),
    completion: .directory)
  var folder = RunFolder.parent

  @Flag(help: "Print one JSON object per run.")
  var json = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    // The folder does not exist before the first run.
    let isUnused = folder == RunFolder.parent && !FileBytes.exists(folder)
    let runs = isUnused ? [] : try RunListing.all(in: folder)
    if json {
      for run in runs { try Console.print(RunText.json(run).text) }
      return
    }
    guard !runs.isEmpty else {
      try Console.print("no runs in \(folder)")
      return
    }
    var table = Table(
      ("run", .left), ("state", .left), ("epochs", .right), ("best", .left), ("last loss", .right),
      ("when", .left), ("size", .right))
    for run in runs {
      table.add(
        run.name, RunText.state(run), RunText.epochs(run), RunText.best(run),
        run.lastLoss.map { NumberText.rounded($0) } ?? "", DateText.local(run.modified),
        NumberText.bytes(run.byteCount))
    }
    try Console.print(table.text)
    globals.warn(
      runs.compactMap { run in
        if case .damaged(let reason) = run.state { reason } else { nil }
      })
  }
}

struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Shows figures and differing options of several runs.",
    discussion: """
      nntrain report with several runs writes the same to a page, with curves.

      EXAMPLES:
        nntrain runs compare runs/mnist-1 runs/mnist-2
        nntrain runs compare runs/mnist-* --json
      """)

  @Argument(
    help: ArgumentHelp("The run folders, two or more.", valueName: "run"), completion: .directory)
  var folders: [String]

  @Flag(help: "Print one JSON object per run.")
  var json = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if folders.count < 2 { throw ValidationError("compare needs two runs or more") }
  }

  func run() throws {
    let comparison = try RunComparison(folders.map { RunFolder($0) })
    if json {
      for line in comparison.jsonLines { try Console.print(line.text) }
      return
    }
    let columns = [("", Table.Alignment.left)] + comparison.names.map { ($0, .right) }
    var table = Table(columns: columns)
    let rows = comparison.figures
    let isMarked = rows.contains { !$0.best.isEmpty }
    for row in rows {
      // As wide as the mark, so that numbers stay aligned.
      let other = isMarked ? "  " : ""
      table.add(
        [row.name] + row.cells.enumerated().map { $1 + (row.best.contains($0) ? " ★" : other) })
    }
    try Console.print(table.text)
    if isMarked { try Console.print(RunComparison.bestMark) }
    guard !comparison.differences.isEmpty else {
      try Console.print("\nThe runs have equal configs.")
      return
    }
    var options = Table(columns: [("option", .left)] + columns.dropFirst())
    for row in comparison.differences { options.add(row) }
    try Console.print("\n" + options.text)
  }
}

struct RunsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Removes runs.",
    discussion: """
      Deletes the files of a run without confirmation, then the folder if it is empty. If one of \
      the folders is not a run or is training, nothing is deleted.

      EXAMPLES:
        nntrain runs rm runs/mnist-1
        nntrain runs rm runs/mnist-1 runs/mnist-2
      """)

  @Argument(help: ArgumentHelp("The run folders.", valueName: "run"), completion: .directory)
  var folders: [String]

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    let kept = try RunRemoval.remove(folders.map { RunFolder($0) })
    globals.warn(kept.map { "\($0.path): the folder is kept, since it holds other files" })
  }
}
