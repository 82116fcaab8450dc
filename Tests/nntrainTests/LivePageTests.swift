import Foundation
import NNTestSupport
import Testing

@Suite("The page of a run")
struct LivePageTests {
  @Test("stays after the end until Ctrl-C")
  func stays() throws {
    let workspace = try Workspace()
    let program = try CommandLine.program.start(
      workspace.arguments(["--ui", "--ui-stay", "600", "--quiet"]))
    #expect(program.wait { program.standardError.contains("the live view remains") })
    #expect(FileManager.default.fileExists(atPath: workspace.path("run") + "/report.html"))
    // It is not over within the second that follows.
    #expect(!program.wait(timeout: 1) { !program.isRunning })
    program.send(SIGINT)
    let result = program.wait(timeout: 20)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError.contains("Ctrl-C ends it: http://127.0.0.1:"))
  }

  @Test("is waited for as long as requested", arguments: [["--ui-stay", "1"], []])
  func patience(options: [String]) throws {
    let workspace = try Workspace()
    let result = try CommandLine.program.run(
      workspace.arguments(["--ui", "--quiet"] + options))
    #expect(result.status == 0, "\(result.standardError)")
    // Without the option there is no wait, since standard error is not a terminal.
    #expect(result.standardError.contains("the live view remains") == !options.isEmpty)
  }

  @Test("is not waited for forever")
  func wrongPatience() throws {
    let workspace = try Workspace()
    for seconds in ["-1", "86401"] {
      try CommandLine.fail(
        workspace.arguments(["--ui", "--ui-stay=\(seconds)"]),
        saying: ["--ui-stay is \(seconds), expected a number from 0 to 86400"])
    }
    try CommandLine.fail(
      workspace.arguments(["--ui", "--ui-stay", "long"]), saying: ["--ui-stay", "long"])
  }
}
