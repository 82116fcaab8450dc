import ArgumentParser
import NNCore
import NNKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@main
enum EntryPoint {
  /// Parses the arguments, runs the benchmarks and exits with a status.
  static func main() {
    BLAS.restartWhereMemoryIsLimited()
    exit(NNBench.status(of: Array(ProgramArguments.words.dropFirst())))
  }
}

/// The command line of the benchmarks.
struct NNBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nnbench",
    abstract: "Times networks and kernels on the CPU.",
    discussion: """
      Networks run whole training steps (forward pass, backward pass, update) on a batch that \
      stays in memory. Speed counts the multiplications and additions of matrix products and \
      convolutions, or for memory-bound workloads the bytes that must be moved; both peaks of the \
      machine are measured first. A pass over data in a cache may exceed the memory's peak.

      GROUPS:
      \(groups)

      WORKLOADS:
      \(workloads)

      EXAMPLES:
        nnbench mlp lenet resnet20 sine --threads 2
        nnbench networks --infer 1 --json
        nnbench 'conv3x3-16-*' softmax --seconds 1
        nnbench resnet20 --check --seconds 1
        nnbench mlp --first-step

      EXIT STATUS:
        0 success, 1 a check found a difference, 2 wrong usage
      """,
    version: "nnbench \(Version.current)")

  @Argument(
    help: ArgumentHelp(
      "The workloads: names, groups, or patterns such as 'gemm-*'.", valueName: "workload"))
  var workloads: [String]

  @Option(help: ArgumentHelp("Time forward passes with this batch size.", valueName: "batch"))
  var infer: Int?

  @Option(help: ArgumentHelp("How long to measure each workload.", valueName: "s"))
  var seconds = 8.0

  @Option(
    help: ArgumentHelp(
      "The number of threads; by default as many as the machine allows.", valueName: "n"))
  var threads: Int?

  @Flag(
    help: """
      First compare results with those of an unoptimized plan in float64, without fusion. Memory \
      is not reported then, since the comparison takes more than the workload.
      """)
  var check = false

  @Flag(
    help: """
      Build one workload, run one step and exit, to be timed from outside; nothing else is \
      measured.
      """)
  var firstStep = false

  @Flag(help: "Print one JSON object per workload and line.")
  var json = false

  func validate() throws {
    if let infer, infer < 1 {
      throw ValidationError("--infer is \(infer), expected at least 1")
    }
    if !(seconds > 0 && seconds.isFinite) {
      throw ValidationError("--seconds is \(seconds), expected more than 0")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), expected a number from 1 to 1024")
    }
    if firstStep, check {
      throw ValidationError("--first-step measures only the first step; leave out --check")
    }
  }

  func run() throws {
    let chosen = try WorkloadGroup.select(workloads)
    if infer != nil, let kernel = chosen.first(where: { !$0.isNetwork }) {
      throw NNError.invalid(
        "\(kernel.name) is not a network: it has no forward pass", hint: "leave out --infer")
    }
    if let threads {
      try WorkerPool.useThreads(threads)
    } else {
      try WorkerPool.useDefaultThreads()
    }
    if firstStep {
      try takeFirstStep(of: chosen)
      return
    }
    let peak = MachinePeak.measure()
    if !json { print(BenchmarkReport.heading(peak: peak)) }
    for workload in chosen {
      if check { try ResultCheck.run(workload, inferenceRows: infer) }
      let report = try BenchmarkReport(
        workload, inferenceRows: infer, seconds: seconds, peak: peak, measuresMemory: !check)
      print(json ? try report.jsonLine() : report.text)
    }
  }

  private func takeFirstStep(of chosen: [Workload]) throws {
    guard chosen.count == 1 else {
      throw NNError.invalid(
        "--first-step takes one workload, got \(chosen.count)",
        hint: "the first of several would warm up the rest")
    }
    let step = try FirstStep(chosen[0], inferenceRows: infer)
    print(json ? try step.jsonLine() : step.text)
  }

  private static var groups: String {
    WorkloadGroup.every.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
  }

  private static var workloads: String {
    WorkloadGroup.parts.flatMap(\.workloads).map { "  \($0.name): \($0.summary)" }
      .joined(separator: "\n")
  }

  /// Runs the command, prints errors to standard error and returns the exit status.
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
      complain("\(message(for: error))\n  hint: nnbench --help lists the arguments")
      return 2
    }
  }

  private static func complain(_ text: String) {
    let line = Array("error: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
