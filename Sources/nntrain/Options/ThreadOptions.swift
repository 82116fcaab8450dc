import ArgumentParser
import NNCore
import NNKernels

/// `--threads`, for every command that computes.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many threads compute; the results do not depend on it.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads), expected a number from 1 to 1024")
    }
  }

  /// Sets the worker pool up and says what decided about it.
  @discardableResult
  func apply() throws(NNError) -> (count: Int, reason: String) {
    guard let threads else {
      let detected = try WorkerPool.useDefaultThreads()
      return (detected.count, detected.reason)
    }
    WorkerPool.setThreads(threads)
    return (threads, "--threads \(threads)")
  }
}
