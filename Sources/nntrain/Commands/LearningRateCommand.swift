import ArgumentParser
import NNCore
import NNDrawing
import NNFormats
import NNReports
import NNTraining

struct LearningRateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lr-find",
    abstract: "Finds a learning rate for a config.",
    discussion: """
      Trains from the initial weights with a learning rate that grows exponentially, until the loss \
      diverges, and prints the smoothed loss. Two rates are suggested: the one at which the loss \
      falls fastest, and a tenth of the one with the smallest loss. Writes a picture, and no run.

      EXAMPLES:
        nntrain lr-find mnist.yaml
        nntrain lr-find mnist.yaml --start 1e-5 --end 1 --steps 200
        nntrain lr-find mnist.yaml --json
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Option(help: ArgumentHelp("The learning rate of the first step.", valueName: "rate"))
  var start = 1e-7

  @Option(help: ArgumentHelp("The learning rate of the last step.", valueName: "rate"))
  var end = 10.0

  @Option(help: ArgumentHelp("The number of steps.", valueName: "n"))
  var steps = 100

  @Option(
    help: ArgumentHelp("The SVG file to write.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var output = "lr-find.svg"

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    guard start > 0, start < end, end < .infinity else {
      throw ValidationError("--start \(start) and --end \(end): expected 0 < start < end")
    }
    guard (20...1_000_000).contains(steps) else {
      throw ValidationError("--steps is \(steps), expected a number from 20 to 1000000")
    }
  }

  func run() throws {
    try globals.useThreads()
    let config = try configOptions.load(seed: globals.seed)
    globals.warn(config.warnings)
    Interruption.catchSignals()
    let curve = try LearningRateFinder(start: start, end: end, steps: steps)
      .run(config) { Interruption.isRequested }
    if Interruption.isRequested { throw ExitCode(Interruption.exitStatus) }
    Interruption.release()
    // Before the output, so that a wrong path is an error and not an incomplete result.
    let suggestion = try curve.suggestion()
    try AtomicFile.write(path: output, text: curve.figure.svg(), isSynced: false)
    guard !jsonOption.json else {
      try Console.print(json(curve).text)
      return
    }
    if !globals.quiet { try Console.print(table(curve)) }
    let path = "optimizer.\(config.optimizer.kind).lr"
    try Console.print(
      """
      \(curve.hasDiverged ? "the loss diverged" : "the loss did not diverge") within \
      \(curve.points.count) steps
      steepest: \(NumberText.rounded(suggestion))
      minimum/10: \(curve.minimumTenth.map { NumberText.rounded($0) } ?? "n/a")
      picture: \(output)
      next:
        nntrain \(ShellText.command(["train", configOptions.config, "--set", "\(path)=\(NumberText.rounded(suggestion, digits: 2))"]))
      """)
  }

  /// About twenty of the steps.
  private func table(_ curve: LearningRateCurve) -> String {
    var table = Table(("step", .right), ("lr", .right), ("loss", .right), ("smoothed", .right))
    let stride = max(1, (curve.points.count + 19) / 20)
    for (index, point) in curve.points.enumerated()
    where index.isMultiple(of: stride) || index == curve.points.count - 1 {
      table.add(
        "\(index + 1)", NumberText.rounded(point.rate), NumberText.rounded(point.loss),
        NumberText.rounded(point.smoothed))
    }
    return table.text
  }

  private func json(_ curve: LearningRateCurve) -> JSONLine {
    var document = JSONLine()
    document.add("steepest", curve.steepest)
    document.add("minimum_tenth", curve.minimumTenth)
    document.add("diverged", curve.hasDiverged)
    document.add("lr", numbers: curve.points.map(\.rate))
    document.add("loss", numbers: curve.points.map(\.loss))
    document.add("smoothed", numbers: curve.points.map(\.smoothed))
    document.add("picture", output)
    return document
  }
}
