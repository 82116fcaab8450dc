import NNTestSupport
import Testing

@Suite("Usage")
struct UsageTests {
  static let commands = [
    "train", "evaluate", "predict", "check", "summary", "gradcheck", "doctor", "inspect",
    "datasets", "playground", "runs",
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
      (["trane"], "there is no command \"trane\"", "nntrain --help"),
      (["doctor", "--thread", "2"], "--thread", "--threads"),
      (["doctor", "--threads", "two"], "two", "nntrain doctor --help"),
      (["doctor", "--threads", "0"], "--threads is 0", "from 1 to 1024"),
      (["inspect"], "file", "nntrain inspect --help"),
      (["datasets", "extra"], "extra", "nntrain datasets --help"),
      (["--nonsense"], "--nonsense", "nntrain --help"),
      (["--threads", "2", "doctor"], "--threads", "options of a command stand behind its name"),
    ])
  func wrongUsage(arguments: [String], fragment: String, hint: String) throws {
    let error = try CommandLine.fail(arguments, saying: [fragment, hint, "\n  hint: "])
    #expect(!error.contains("Error:"))
    #expect(error.split(separator: "\n").count == 2)
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
