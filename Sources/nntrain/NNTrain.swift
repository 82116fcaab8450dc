import ArgumentParser
import NNCore
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@main
enum EntryPoint {
  /// Reads the arguments, runs the command and ends the process with its status.
  static func main() {
    Interruption.reportFileSizeLimit()
    exit(NNTrain.status(of: Array(CommandLine.arguments.dropFirst())))
  }
}

/// The command line: one subcommand for each thing to do.
struct NNTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nntrain",
    abstract: "Trains neural networks on the CPU and uses the trained ones.",
    discussion: """
      A network, its data and how to train it stand in a YAML file. Training writes a run folder, \
      which evaluate, predict, generate, translate, forecast, summary and gradcheck take.

      EXAMPLES:
        nntrain train mnist.yaml
        nntrain evaluate runs/mnist-1
        nntrain predict runs/mnist-1 --input pictures.npy --output labels.csv
        nntrain generate runs/king-james-1 --prompt "In the beginning"

      EXIT STATUS:
        0 success, 1 the run failed, 2 wrong usage, config or data, 130 interrupted after saving
      """,
    version: programVersion,
    subcommands: [
      TrainCommand.self, EvaluateCommand.self, PredictCommand.self, GenerateCommand.self,
      TranslateCommand.self, ForecastCommand.self, CheckCommand.self, SummaryCommand.self,
      GraphCommand.self, GradcheckCommand.self, ReportCommand.self, LessonCommand.self,
      PlaygroundCommand.self, RunsCommand.self, DoctorCommand.self, InspectCommand.self,
      DatasetsCommand.self,
    ])

  /// Runs a command, tells errors on standard error and returns the exit status.
  fileprivate static func status(of arguments: [String]) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      return 0
    } catch let error as NNError {
      Console.error("\(error)")
      return error.exitStatus
    } catch let error as ExitCode {
      return error.rawValue
    } catch {
      return tell(error, arguments)
    }
  }

  /// Prints what was asked for by `--help` and the like, or the parser's complaint.
  private static func tell(_ error: any Error, _ arguments: [String]) -> Int32 {
    if exitCode(for: error).isSuccess {
      try? Console.print(fullMessage(for: error))
      return 0
    }
    let known = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let first = arguments.first, !first.hasPrefix("-") else {
      Console.error(
        """
        \(message(for: error))
          hint: nntrain --help tells what it takes; options of a command stand behind its name
        """)
      return 2
    }
    if known.contains(first) {
      Console.error(
        """
        \(message(for: error))
          hint: nntrain \(first) --help tells what it takes
        """)
    } else {
      Console.error(
        """
        there is no command "\(first)"
          hint: nntrain --help tells more; there are \(known.joined(separator: ", "))
        """)
    }
    return 2
  }
}

/// The release, as `--version` prints it.
let programVersion = "nntrain \(Version.current)"
