import Foundation
import NNFormats
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("Interrupted runs")
struct InterruptionTests {
  /// 1500 epochs of five steps: long enough to be met in the middle.
  private static let changes = ["--set", "epochs=1500", "--set", "checkpoint.every=1000"]
  private static let steps = (1...7500).map(String.init)

  @Test("save their state on SIGINT and SIGTERM and end as if never interrupted")
  func signals() throws {
    let workspace = try Workspace()
    let unbroken = workspace.arguments(Self.changes, run: "unbroken")
    #expect(try CommandLine.program.run(unbroken).status == 0)
    for number in [SIGINT, SIGTERM] {
      let name = "run-\(number)"
      let arguments = workspace.arguments(Self.changes + ["--progress", "json"], run: name)
      let running = try CommandLine.program.start(arguments)
      #expect(running.wait { running.standardOutput.contains("\"step\": 12,") })
      running.send(number)
      let result = running.wait()
      #expect(result.status == 130, "\(result.standardError)")
      #expect(result.standardError.contains("interrupted; the state is saved in"))
      let options = Self.changes + ["--run-dir", workspace.path(name), "--resume"]
      #expect(result.standardError.hasSuffix(options.joined(separator: " ") + "\n"))
      #expect(result.standardOutput.hasSuffix("\"outcome\": \"interrupted\"}\n"))
      #expect(try CommandLine.program.run(arguments + ["--resume"]).status == 0)
      #expect(try workspace.weights(of: name) == workspace.weights(of: "unbroken"))
      let steps = try workspace.table("steps.csv", run: name)
      #expect(steps.dropFirst().map { $0[0] } == Self.steps)
    }
  }

  @Test("end at once on a second signal")
  func secondSignal() throws {
    let workspace = try Workspace()
    let arguments = workspace.arguments(Self.changes + ["--progress", "json"])
    let running = try CommandLine.program.start(arguments)
    #expect(running.wait { running.standardOutput.contains("\"step\": 12,") })
    // Both wait while the program is stopped, and both arrive before it does anything else.
    for number in [SIGSTOP, SIGINT, SIGTERM, SIGCONT] { running.send(number) }
    let result = running.wait()
    #expect(result.status == 130)
    #expect(result.standardError == "")
    #expect(!result.standardOutput.contains("\"finish\""))
    #expect(try CommandLine.program.run(arguments + ["--resume"]).status == 0)
  }

  @Test("survive being killed at any moment")
  func kills() throws {
    let rounds = ProcessInfo.processInfo.environment["NN_FULL_TESTS"] == "1" ? 20 : 3
    let workspace = try Workspace()
    let clock = ContinuousClock()
    let unbroken = workspace.arguments(Self.changes, run: "unbroken")
    let start = clock.now
    #expect(try CommandLine.program.run(unbroken).status == 0)
    let duration = start.duration(to: clock.now)
    let wanted = try workspace.weights(of: "unbroken")
    for round in 1...rounds {
      let name = "run-\(round)"
      let arguments = workspace.arguments(Self.changes + ["--resume"], run: name)
      for _ in 1...2 {
        let running = try CommandLine.program.start(arguments)
        usleep(UInt32(Double.random(in: 0...0.7) * (duration / .seconds(1)) * 1e6))
        running.send(SIGKILL)
        _ = running.wait()
        try requireReadable(workspace.path(name))
      }
      let result = try CommandLine.program.run(arguments)
      #expect(result.status == 0, "\(result.standardError)")
      #expect(try workspace.weights(of: name) == wanted)
      let steps = try workspace.table("steps.csv", run: name)
      #expect(steps.dropFirst().map { $0[0] } == Self.steps)
    }
  }

  /// Expects every weights file and checkpoint of a folder to be whole.
  private func requireReadable(_ folder: String) throws {
    for name in FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
    where name.hasSuffix(".safetensors") {
      #expect(throws: Never.self, "\(name)") {
        _ = try SafeTensorsFile(contentsOf: "\(folder)/\(name)")
      }
    }
  }
}
