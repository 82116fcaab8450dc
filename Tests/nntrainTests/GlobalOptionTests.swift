import Foundation
import NNTestSupport
import Testing

@Suite("Global options")
struct GlobalOptionTests {
  /// Every command with arguments that make it succeed in a moment.
  static let commands: [[String]] = [
    ["train", "tiny.yaml", "--run-dir", "new", "--max-steps", "1", "--no-report"],
    ["evaluate", "run"], ["predict", "run", "--input", "rows.csv"], ["check", "tiny.yaml"],
    ["summary", "tiny.yaml"], ["graph", "tiny.yaml"], ["gradcheck", "tiny.yaml"],
    ["report", "run"], ["inspect", "run/model.safetensors"], ["doctor"], ["datasets"],
    ["lesson"], ["manual"], ["schema"], ["cross-validate", "tiny.yaml", "--folds", "2"],
    ["learning-curve", "tiny.yaml", "--sizes", "1"],
    ["preview", "tiny.yaml", "--set", "data.augment=[jitter]"],
  ]
  static let options = [
    ["--threads", "2"], ["--seed", "3"], ["--quiet"], ["--progress", "none"], ["--seed=3"],
  ]
  /// Commands that need runs of their own, or do not end by themselves.
  static let others = ["generate", "translate", "forecast", "playground", "init", "backtest"]

  @Test("every command accepts each of them, after its name and before it")
  func everywhere() throws {
    let workspace = try Workspace()
    try workspace.train("--quiet")
    try workspace.folder.write("a,b\n0.1,0.2\n", to: "rows.csv")
    for command in Self.commands {
      for (index, option) in Self.options.enumerated() {
        let line = index % 2 == 0 ? option + command : command + option
        let overwrite = command[0] == "train" && index > 0 ? ["--overwrite"] : []
        let result = try CommandLine.program.run(line + overwrite, in: workspace.folder.path)
        #expect(result.status == 0, "\(line): \(result.standardError)")
      }
    }
  }

  @Test("the help of every command lists them", arguments: commands.map { $0[0] } + others)
  func help(command: String) throws {
    let output = try CommandLine.succeed(command, "--help")
    let parts = output.components(separatedBy: "GLOBAL OPTIONS:")
    try #require(parts.count == 2)
    for name in ["--threads <n>", "--seed <n>", "--progress <mode>", "--quiet"] {
      #expect(parts[1].contains("  \(name) "), "\(output)")
    }
  }

  @Test("they have an effect in both positions")
  func effects() throws {
    #expect(try CommandLine.succeed("--threads", "3", "doctor").contains("3 (--threads 3)"))
    let workspace = try Workspace()
    let resolved = try CommandLine.succeed("--seed", "7", "check", workspace.config)
    #expect(resolved.contains("seed: 7\n"))
    #expect(try CommandLine.succeed(arguments: ["--quiet"] + workspace.arguments()) == "")
    let test = { (seed: String) in
      try CommandLine.succeed("evaluate", workspace.path("run"), "--seed", seed)
    }
    #expect(try test("1") != test("2") && test("1") == test("1"))
    let shown = try CommandLine.succeed("report", workspace.path("run"))
    #expect(shown.hasPrefix("report: "))
    #expect(try CommandLine.succeed("report", workspace.path("run"), "--quiet") == "")
  }

  @Test(
    "refuses invalid values, on any command",
    arguments: [
      (["datasets", "--threads", "0"], "--threads is 0"),
      (["--threads", "0", "datasets"], "--threads is 0"),
      (["inspect", "x.npy", "--seed", "-1"], "seed"),
      (
        ["check", "c.yaml", "--progress", "loud"],
        "'loud' is invalid for '--progress <mode>'. Please provide one of the following: auto, bar"
      ),
      (["--threads", "train", "c.yaml"], "--threads lacks its value"),
      (["--threads"], "--threads lacks its value"),
      (["--threads", "2"], "no command after --threads 2"),
      (["--threads", "2", "trane"], "there is no command \"trane\""),
      (["--threads", "2", "doctor", "--threads", "3"], "--threads is given twice"),
    ])
  func refusals(arguments: [String], fragment: String) throws {
    let error = try CommandLine.fail(arguments, saying: [fragment, "\n  hint: "])
    #expect(error.split(separator: "\n").count == 2, "\(error)")
  }
}
