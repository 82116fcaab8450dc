import ArgumentParser
import NNCore
import NNData
import NNKernels

/// The options of all commands; they may also precede the command's name.
struct GlobalOptions: ParsableArguments {
  /// The options with a value.
  static let valued = ["--threads", "--seed", "--progress"]
  /// The options without a value.
  static let flags = ["--quiet"]

  @Option(
    help: ArgumentHelp(
      "The number of threads, on which results do not depend (default: NN_THREADS, else all CPUs).",
      valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "The seed of all random numbers (default: the config's seed).", valueName: "n"))
  var seed: Int?

  @Option(
    help: ArgumentHelp(
      """
      The progress display on standard output: bar or dashboard (plain if it is not a terminal), \
      plain (at most about ten lines per second), json (one line per event; NaN and infinity are \
      null), none, or auto: bar on a terminal, else plain.
      """, valueName: "mode"))
  var progress = ProgressMode.auto

  @Flag(help: "Print only errors and results: no progress, notes or warnings.")
  var quiet = false

  /// The progress display that the options select.
  var mode: ProgressMode { quiet ? .none : progress }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), expected a number from 1 to 1024")
    }
    if let seed, seed < 0 { throw ValidationError("--seed is \(seed), expected at least 0") }
  }

  /// Sets the number of threads of the worker pool; returns it with its reason.
  ///
  /// - Throws: `NNError` for an invalid `NN_THREADS`, and when memory does not suffice for that
  ///   many threads.
  @discardableResult
  func useThreads() throws(NNError) -> (count: Int, reason: String) {
    guard let threads else {
      let detected = try WorkerPool.useDefaultThreads()
      return (detected.count, detected.reason)
    }
    try WorkerPool.useThreads(threads)
    return (threads, "--threads \(threads)")
  }

  /// Writes warnings to standard error, unless `--quiet` is given.
  func warn(_ warnings: [String]) {
    if !quiet { Console.warn(warnings) }
  }

  /// Writes one line `note: …` per note about data to standard error, unless `--quiet` is given.
  func note(_ notes: [String]) {
    if !quiet { for note in notes { Console.note("note: \(note)") } }
  }

  /// Writes a line about what was done to standard output, unless `--quiet` is given.
  ///
  /// - Throws: `NNError` when it cannot be written.
  func report(_ line: String) throws(NNError) {
    if !quiet { try Console.print(line) }
  }
}
