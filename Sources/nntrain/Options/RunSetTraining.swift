import ArgumentParser
import NNReports
import NNSearch

/// How a command trains a set of runs: a line for each run that ends, then the result of all.
struct RunSetTraining {
  /// Shows a run that has ended.
  ///
  /// - Parameters:
  ///   - result: The run.
  ///   - line: What `--progress json` shows before the run's epochs and figures.
  ///   - title: What is shown before the run's figures otherwise.
  typealias Show = (_ result: RunResult, _ line: JSONLine, _ title: String) -> Void

  private let options: RunSetOptions
  private let globals: GlobalOptions
  private let printsDocument: Bool
  private let start = ContinuousClock.now

  /// Starts the clock.
  ///
  /// - Parameter printsDocument: Whether a JSON document is printed instead of lines and tables.
  init(_ options: RunSetOptions, _ globals: GlobalOptions, printsDocument: Bool) {
    self.options = options
    self.globals = globals
    self.printsDocument = printsDocument
  }

  /// Trains until all runs have ended.
  ///
  /// - Parameters:
  ///   - folder: The folder of the runs.
  ///   - runs: What the runs are called: `folds`.
  ///   - words: The command that continues them, without the options of the folder.
  ///   - train: Trains until `shouldStop` is true, and shows each run that ends.
  /// - Throws: `ExitCode` after an interruption, when the state of all runs has been saved.
  func run(
    in folder: String, _ runs: String, continuedBy words: [String],
    _ train: (
      _ show: @escaping Show, _ shouldStop: @escaping @Sendable () -> Bool
    ) throws -> CrossValidation.Outcome
  ) throws {
    let warnings = SeveralWarnings(globals)
    let isShown = globals.mode != .none && !printsDocument
    let isJSON = globals.mode == .json
    Interruption.catchSignals()
    let outcome = try train(
      { result, line, title in
        warnings.show(result.warnings)
        if isShown { Console.show(Self.text(result, line, title, isJSON: isJSON)) }
      },
      { Interruption.isRequested })
    Interruption.release()
    guard outcome == .finished else {
      if !globals.quiet {
        Console.note("interrupted; the state of all \(runs) is saved")
        Console.note("continue with: \(options.continuation(words, in: folder))")
      }
      throw ExitCode(Interruption.exitStatus)
    }
  }

  /// Prints the result of all runs: the document, only the table with `--quiet`, or a text for the
  /// seconds since the start.
  func show(_ document: JSONLine, table: String, text: (_ seconds: Double) -> String) throws {
    try Console.print(
      printsDocument
        ? document.text
        : globals.quiet ? table : text(start.duration(to: .now) / .seconds(1)))
  }

  private static func text(
    _ result: RunResult, _ line: JSONLine, _ title: String, isJSON: Bool
  ) -> String {
    guard !isJSON else {
      var line = line
      line.add("epochs", result.epochs)
      line.add("figures", result.figures)
      return line.text
    }
    let figures = result.figures.map { "\($0.name) \(NumberText.rounded($0.value))" }
    return "\(title)  " + figures.joined(separator: "  ")
  }
}

/// Warnings of several runs, each shown once.
private final class SeveralWarnings {
  private let globals: GlobalOptions
  private var shown: Set<String> = []

  init(_ globals: GlobalOptions) { self.globals = globals }

  /// Shows those that are new.
  func show(_ warnings: [String]) { globals.warn(warnings.filter { shown.insert($0).inserted }) }
}
