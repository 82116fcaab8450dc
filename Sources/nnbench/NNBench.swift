import ArgumentParser
import NNCore
import NNKernels
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
  /// Reads the arguments, measures and ends the process with a status.
  static func main() {
    exit(NNBench.status(of: Array(CommandLine.arguments.dropFirst())))
  }
}

/// The command line: which workloads, how, for how long.
struct NNBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nnbench",
    abstract: "Times networks and kernels on the CPU.",
    discussion: """
      Networks take whole training steps (forward pass, backward pass, update) on a batch that \
      stays in memory.

      WORKLOADS:
      \(Workload.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

      EXAMPLES:
        nnbench mlp lenet resnet20 sine --threads 2
        nnbench mlp --infer 1 --json
        nnbench resnet20 --check --seconds 1

      EXIT STATUS:
        0 success, 1 a check found a difference, 2 wrong usage
      """,
    version: "nnbench \(Version.current)")

  @Argument(help: ArgumentHelp("What to time.", valueName: "workload"))
  var workloads: [String]

  @Option(help: ArgumentHelp("Time forward passes of so many rows.", valueName: "batch"))
  var infer: Int?

  @Option(help: ArgumentHelp("How long to measure each workload.", valueName: "s"))
  var seconds = 8.0

  @Option(
    help: ArgumentHelp(
      "How many threads compute; by default as many as the machine allows.", valueName: "n"))
  var threads: Int?

  @Flag(help: "First compare results with those of a plain plan in float64.")
  var check = false

  @Flag(help: "Print a JSON object a line.")
  var json = false

  func validate() throws {
    if let infer, infer < 1 {
      throw ValidationError("--infer is \(infer), expected at least 1 row")
    }
    if !(seconds > 0 && seconds.isFinite) {
      throw ValidationError("--seconds is \(seconds), expected more than 0")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), expected a number from 1 to 1024")
    }
  }

  func run() throws {
    let chosen = try workloads.map { name throws(NNError) in try Workload.named(name) }
    if let threads {
      WorkerPool.setThreads(threads)
    } else {
      try WorkerPool.useDefaultThreads()
    }
    let peak = BLAS.measuredPeak()
    if !json { print(BenchmarkReport.heading(peak: peak)) }
    for workload in chosen {
      if check { try ResultCheck.run(workload, inferenceRows: infer) }
      let report = try BenchmarkReport(
        workload, inferenceRows: infer, seconds: seconds, peak: peak)
      print(json ? try report.json() : report.text)
    }
  }

  /// Runs, tells errors on standard error and returns the exit status.
  fileprivate static func status(of arguments: [String]) -> Int32 {
    do {
      try parse(arguments).run()
      return 0
    } catch let error as NNError {
      complain("\(error)")
      return error.exitStatus
    } catch {
      guard !exitCode(for: error).isSuccess else {
        print(fullMessage(for: error))
        return 0
      }
      complain("\(message(for: error))\n  hint: nnbench --help tells what it takes")
      return 2
    }
  }

  private static func complain(_ text: String) {
    let line = Array("error: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
