import ArgumentParser
import NNCore
import NNTraining

/// The root command of the command line.
struct NNTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nntrain",
    abstract: "Trains neural networks on the CPU and uses the trained ones.",
    discussion: """
      A YAML file describes a network, its data and its training. Training writes a run folder, \
      the input of evaluate, predict, generate, translate, forecast, attack, certify, summary and \
      gradcheck.

      All commands accept --threads N, --seed N, --quiet and --progress MODE, before or after the \
      command's name.

      EXAMPLES:
        nntrain train mnist.yaml
        nntrain evaluate runs/mnist-1
        nntrain predict runs/mnist-1 --input images.npy --output labels.csv
        nntrain generate runs/king-james-1 --prompt "In the beginning"
        nntrain --threads 2 --quiet train mnist.yaml

      EXIT STATUS:
        0 success, 1 the run failed, 2 wrong usage, config or data, 130 interrupted after saving
      """,
    version: programVersion,
    subcommands: [
      InitCommand.self, TrainCommand.self, SearchCommand.self, CrossValidateCommand.self,
      LearningCurveCommand.self, BacktestCommand.self,
      LearningRateCommand.self, EvaluateCommand.self,
      PredictCommand.self, GenerateCommand.self, TranslateCommand.self, ForecastCommand.self,
      ExplainCommand.self, AttackCommand.self, CertifyCommand.self, CheckCommand.self,
      PreviewCommand.self, SummaryCommand.self, GraphCommand.self, GradcheckCommand.self,
      ReportCommand.self,
      LessonCommand.self,
      PlaygroundCommand.self, RunsCommand.self, DoctorCommand.self, InspectCommand.self,
      DatasetsCommand.self, SchemaCommand.self, ManualCommand.self,
    ])

  /// Runs a command, writes errors to standard error and returns the exit status.
  static func status(of arguments: [String]) -> Int32 {
    var usage = Usage(arguments)
    do {
      try usage.moveGlobalOptions()
      try usage.refuseRepetitions()
      var command = try parseAsRoot(usage.arguments)
      try command.run()
      return 0
    } catch let error as NNError {
      Console.error("\(error)")
      return error.exitStatus
    } catch let error as ExitCode {
      return error.rawValue
    } catch {
      // The output of --help and the like, or an error of the parser.
      guard exitCode(for: error).isSuccess else {
        Console.error("\(usage.explanation(of: message(for: error)))")
        return 2
      }
      try? Console.print(fullMessage(for: error))
      return 0
    }
  }
}

/// The release, as `--version` prints it.
let programVersion = "nntrain \(Version.current)"
