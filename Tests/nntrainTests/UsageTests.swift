import Foundation
import NNTestSupport
import Testing

@Suite("Usage")
struct UsageTests {
  static let commands = [
    "init", "train", "evaluate", "predict", "explain", "check", "summary", "gradcheck", "doctor",
    "inspect", "datasets", "playground", "runs", "schema", "cross-validate", "learning-curve",
    "backtest",
  ]

  @Test("prints its release")
  func version() throws {
    let output = try CommandLine.succeed("--version")
    #expect(output.wholeMatch(of: /nntrain \d+\.\d+\.\d+\n/) != nil)
  }

  @Test("explains itself", arguments: [["--help"], ["help"], []])
  func help(arguments: [String]) throws {
    let result = try CommandLine.program.run(arguments)
    #expect(result.status == 0)
    #expect(result.standardError == "")
    for command in Self.commands { #expect(result.standardOutput.contains("  \(command) ")) }
    #expect(result.standardOutput.contains("EXAMPLES:"))
    #expect(result.standardOutput.contains("130 interrupted"))
  }

  @Test("explains each command with examples", arguments: commands)
  func help(command: String) throws {
    let output = try CommandLine.succeed(command, "--help")
    let parts = output.split(separator: "EXAMPLES:")
    #expect(parts.count == 2)
    #expect(parts.last?.contains("  nntrain \(command)") == true)
    #expect(output.contains("USAGE: nntrain \(command)"))
    #expect(try CommandLine.succeed("help", command) == output)
  }

  @Test(
    "refuses wrong usage with status 2 and a hint",
    arguments: [
      (["trane"], "there is no command \"trane\"", "did you mean train? nntrain --help"),
      (["frobnicate"], "there is no command \"frobnicate\"", "the commands: init, train, search"),
      (["doctor", "--thread", "2"], "argument 2: unknown option --thread\n", "mean --threads?"),
      (
        ["train", "c.yaml", "--max-step=3"], "argument 3: unknown option --max-step\n",
        "--max-steps?"
      ),
      (["predict", "r", "--max-steps", "3"], "unknown option --max-steps", "of nntrain train;"),
      (["--verion"], "nntrain: argument 1: unknown option --verion\n", "did you mean --version?"),
      (["doctor", "--threads", "two"], "two", "nntrain doctor --help"),
      (["doctor", "--threads", "0"], "--threads is 0", "from 1 to 1024"),
      (["inspect"], "file", "nntrain inspect --help"),
      (["datasets", "extra"], "extra", "nntrain datasets --help"),
      (["--nonsense"], "--nonsense", "nntrain --help"),
    ])
  func wrongUsage(arguments: [String], fragment: String, hint: String) throws {
    let error = try CommandLine.fail(arguments, saying: [fragment, hint, "\n  hint: "])
    #expect(!error.contains("Error:"))
    #expect(error.split(separator: "\n").count == 2)
  }

  @Test("the manual page holds every command and every option that help lists")
  func manual() throws {
    let page = try CommandLine.succeed("manual").replacing("\\-", with: "-")
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "GLOBAL OPTIONS", "COMMANDS", "ENVIRONMENT"]
    {
      #expect(page.contains("\n.SH \(section)\n"), "\(section)")
    }
    let overview = try CommandLine.succeed("--help")
    let list = try #require(overview.components(separatedBy: "SUBCOMMANDS:").last)
    let commands = list.matches(of: #/\n  ([a-z]+) /#).map { String($0.1) }
    #expect(commands.count >= 16)
    for command in commands {
      #expect(page.contains("\n.SS \"nntrain \(command)"), "\(command)")
      let help = try CommandLine.succeed(command, "--help")
      for option in help.matches(of: /\n  (--[a-z-]+)/).map({ String($0.1) })
      where option != "--help" && option != "--version" {
        #expect(page.contains(".B \(option)"), "\(command) \(option)")
      }
    }
    // Each request of roff is one that man knows, and no line of text is taken for one.
    for line in page.split(separator: "\n") where line.hasPrefix(".") {
      let request = line.prefix { $0 != " " }
      #expect(
        [".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".RS", ".RE", ".nf", ".fi"]
          .contains(String(request)), "\(line)")
    }
  }

  @Test("writes completions for three shells", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let script = try CommandLine.succeed("--generate-completion-script", shell)
    for word in UsageTests.commands + ["threads", "max-steps"] {
      #expect(script.contains(word), "\(word)")
    }
  }

  @Test("refuses an impossible thread count from the environment")
  func threadsFromEnvironment() throws {
    try CommandLine.fail(
      ["doctor"], saying: ["NN_THREADS is \"many\"", "hint:"], environment: ["NN_THREADS": "many"])
  }

  @Test("reports that its output cannot be written")
  func fullOutput() throws {
    let shell = Program(path: "/bin/sh")
    let result = try shell.run("-c", "'\(CommandLine.program.path)' datasets > /dev/full")
    #expect(result.status == 1)
    #expect(result.standardError.hasPrefix("error: standard output: cannot be written"))
  }
}
