import ArgumentParser
import NNCore
import NNKernels

/// The options that every command takes; they may also stand before the command's name.
struct GlobalOptions: ParsableArguments {
  /// Those with a value, as they are written.
  static let valued = ["--threads", "--seed", "--progress"]
  /// Those without.
  static let flags = ["--quiet"]

  @Option(
    help: ArgumentHelp(
      "Compute with n threads; the results do not depend on n (default: NN_THREADS, else all CPUs).",
      valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "What all random numbers depend on (default: the config's seed).", valueName: "n"))
  var seed: Int?

  @Option(
    help: ArgumentHelp(
      """
      What a training shows on standard output: bar or dashboard (lines where it is no terminal), \
      plain (lines, about ten a second), json (one object per event and line; numbers that JSON \
      lacks are null), none, or auto: bar on a terminal, else plain.
      """, valueName: "mode"))
  var progress = ProgressMode.auto

  @Flag(help: "Print no progress, notes and warnings: only errors and what was asked for.")
  var quiet = false

  /// The progress that the options ask for.
  var mode: ProgressMode { quiet ? .none : progress }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), expected a number from 1 to 1024")
    }
    if let seed, seed < 0 { throw ValidationError("--seed is \(seed), expected at least 0") }
  }

  /// Sets the worker pool up and reports what decided about it.
  ///
  /// - Throws: `NNError` for an invalid `NN_THREADS`, and when memory does not suffice for so many
  ///   threads.
  @discardableResult
  func useThreads() throws(NNError) -> (count: Int, reason: String) {
    guard let threads else {
      let detected = try WorkerPool.useDefaultThreads()
      return (detected.count, detected.reason)
    }
    try WorkerPool.useThreads(threads)
    return (threads, "--threads \(threads)")
  }

  /// Writes warnings to standard error, unless they are not wanted.
  func warn(_ warnings: [String]) {
    if !quiet { Console.warn(warnings) }
  }

  /// Writes a line that tells what was done to standard output, unless it is not wanted.
  ///
  /// - Throws: `NNError` when it cannot be written.
  func report(_ line: String) throws(NNError) {
    if !quiet { try Console.print(line) }
  }
}
