import ArgumentParser
import NNCore
import NNTraining

/// The options of commands that train several runs side by side in one folder.
struct RunSetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The folder of all runs (default: the next free FOLDER/<name>-<n>; with --resume the last one \
      used).
      """, valueName: "dir"))
  var runDir: String?

  @Flag(help: "Continue what is in the folder, or start if there is nothing.")
  var resume = false

  @Option(
    help: ArgumentHelp(
      """
      The number of runs that train at the same time, on which results do not depend (default: one \
      for each thread).
      """,
      valueName: "n"))
  var parallel: Int?

  func validate() throws {
    if let parallel, !(1...1024).contains(parallel) {
      throw ValidationError("--parallel is \(parallel), expected a number from 1 to 1024")
    }
  }

  /// Claims the folder.
  ///
  /// - Parameters:
  ///   - name: The name of the config.
  ///   - parent: The default folder of such folders.
  func claim(for name: String, under parent: String) throws(NNError) -> RunClaim {
    if let runDir { return try RunClaim(RunFolder(runDir)) }
    if resume, let latest = RunFolder.latest(for: name, under: parent) {
      return try RunClaim(latest)
    }
    return try RunClaim.next(for: name, under: parent)
  }

  /// The command that continues the runs of a folder.
  func continuation(_ words: [String], in folder: String) -> String {
    ShellText.command(
      ["nntrain"] + words + (parallel.map { ["--parallel", "\($0)"] } ?? [])
        + ["--run-dir", folder, "--resume"])
  }
}
