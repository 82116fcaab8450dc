import ArgumentParser
import NNCore
import NNReports
import NNTraining

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validates a config and prints it with every default filled in.",
    discussion: """
      Reads the data as well, and checks the shapes of all layers, so a config that passes can be \
      trained. All errors are reported at once, each with its line and column. The output is also \
      a valid config.

      With --data it looks for probable mistakes in the config and its data instead, and prints one \
      line for each: what, why, how to fix it and the key to change. A run folder in place of the \
      config adds what only a trained network shows.

      EXAMPLES:
        nntrain check mnist.yaml
        nntrain check mnist.yaml --json
        nntrain check mnist.yaml --set optimizer.adam.lr=0.01 > resolved.yaml
        nntrain check mnist.yaml --data
        nntrain check runs/mnist-1 --data --strict
      """)

  @OptionGroup var configOptions: ConfigOptions

  @Flag(help: "Look for probable mistakes in config and data, in place of printing the config.")
  var data = false

  @Flag(help: "With --data, fail with status 2 if there are findings.")
  var strict = false

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if strict, !data {
      throw ValidationError("--strict needs --data, whose findings it makes errors")
    }
  }

  func run() throws {
    try globals.useThreads()
    if data { return try reportFindings() }
    let config = try configOptions.load(seed: globals.seed)
    let (resolved, found) = try TrainingRun.check(config)
    let warnings = config.warnings + found
    globals.warn(warnings)
    guard !jsonOption.json else {
      var document = JSONLine()
      document.add("config", .mapping(resolved.resolvedOptions))
      document.add("warnings", warnings)
      try Console.print(document.text)
      return
    }
    try Console.print(resolved.resolvedYAML, terminator: "")
  }

  /// Prints the findings, with `--json` as one object per line.
  private func reportFindings() throws {
    let folder = RunFolder(configOptions.config)
    let (warnings, findings) =
      if folder.holdsRun {
        try TrainingRun.findings(
          in: folder, overrides: configOptions.overrides(seed: globals.seed))
      } else {
        try TrainingRun.findings(configOptions.load(seed: globals.seed))
      }
    globals.warn(warnings)
    for finding in findings {
      try Console.print(jsonOption.json ? finding.json.text : finding.line)
    }
    guard !findings.isEmpty else {
      if !jsonOption.json { try globals.report("no mistakes found") }
      return
    }
    if strict {
      throw NNError.invalid(
        "\(findings.count) \(findings.count == 1 ? "finding" : "findings") with --strict",
        at: configOptions.config)
    }
  }
}

extension Finding {
  /// The finding as a JSON object.
  fileprivate var json: JSONLine {
    var line = JSONLine()
    line.add("check", check)
    line.add("what", what)
    line.add("why", why)
    line.add("fix", fix)
    line.add("key", key)
    return line
  }
}
