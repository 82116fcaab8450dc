import Foundation
import NNTestSupport
import Testing

@Suite("Playground")
struct PlaygroundTests {
  /// The address in the first line of output.
  private func address(of program: RunningProgram) throws -> URL {
    try #require(program.wait { program.standardOutput.contains("\n") })
    let line = try #require(program.standardOutput.split(separator: "\n").first)
    let text = try #require(line.wholeMatch(of: /playground: (http:\S+)/)).output.1
    return try #require(URL(string: String(text)))
  }

  @Test("prints where it is, and ends when it is asked to", arguments: [SIGINT, SIGTERM])
  func startAndEnd(signal: Int32) throws {
    let program = try CommandLine.program.start(["playground", "--no-open"])
    let address = try address(of: program)
    #expect(address.host() == "127.0.0.1")
    #expect(address.path().wholeMatch(of: /\/[0-9a-f]{32}\/?/) != nil)
    program.send(signal)
    let result = program.wait(timeout: 20)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError == "")
  }

  @Test("a port that is taken is named, and another one suggested")
  func takenPort() throws {
    let first = try CommandLine.program.start(["playground", "--no-open"])
    let port = try #require(try address(of: first).port)
    try CommandLine.fail(
      ["playground", "--no-open", "--port", "\(port)"],
      saying: ["port \(port) is taken", "--port", "--port 0", "hint:"])
    #expect(first.isRunning)
  }

  @Test(
    "wrong options are refused",
    arguments: [
      (["--prot", "1"], "--prot", "playground --help"),
      (["--port", "http"], "http", "playground --help"),
      (["--port", "65536"], "--port is 65536", "from 0 to 65535"),
      (["--sessions", "0"], "--sessions is 0", "from 1 to 256"),
      (["--idle", "1441"], "--idle is 1441", "from 1 to 1440"),
      (["--threads", "0"], "--threads is 0", "from 1 to 1024"),
      (["config.yaml"], "config.yaml", "playground --help"),
    ])
  func wrongOptions(arguments: [String], fragment: String, hint: String) throws {
    try CommandLine.fail(
      ["playground", "--no-open"] + arguments, saying: [fragment, hint, "hint:"])
  }
}
