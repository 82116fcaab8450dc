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

  @Test("save their state on SIGINT, SIGTERM and SIGHUP and end as if never interrupted")
  func signals() throws {
    let workspace = try Workspace()
    let unbroken = workspace.arguments(Self.changes, run: "unbroken")
    #expect(try CommandLine.program.run(unbroken).status == 0)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let name = "run-\(number)"
      let arguments = workspace.arguments(Self.changes + ["--progress", "json"], run: name)
      let running = try CommandLine.program.start(arguments)
      #expect(running.wait { running.standardOutput.contains("\"step\": 12,") })
      running.send(number)
      let result = running.wait()
      #expect(result.status == (number == SIGHUP ? 129 : 130), "\(result.standardError)")
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

  /// The work of the killed runs: train most of the time, or write checkpoints most of the time.
  private static let killed = [
    changes, ["--set", "epochs=40", "--set", "checkpoint={every: 2, interval: step}"],
  ]

  /// Two runs at once in one working folder, each killed twice and then finished. `NN_KILLS` is
  /// the number of kills in all; eight by default, a thousand in full tests.
  @Test("survive being killed at any moment, two at once in one working folder")
  func kills() throws {
    let environment = ProcessInfo.processInfo.environment
    let isFull = environment["NN_FULL_TESTS"] == "1"
    let kills = environment["NN_KILLS"].flatMap { Int($0) } ?? (isFull ? 1000 : 8)
    let workspace = try Workspace()
    let names = ["a", "b"]
    func arguments(_ name: String, _ options: [String]) -> [String] {
      ["train", workspace.config, "--set", "name=\(name)", "--no-report", "--resume"]
        + ["--seed", name == "a" ? "1" : "2"] + options
    }
    for (index, options) in Self.killed.enumerated() {
      let clock = ContinuousClock()
      let start = clock.now
      for name in names {
        let whole = try CommandLine.program.run(
          arguments(name, options) + ["--run-dir", "whole-\(name)-\(index)"],
          in: workspace.folder.path)
        #expect(whole.status == 0, "\(whole.standardError)")
      }
      // Two at once take about as long as one after the other where cores are few.
      let duration = start.duration(to: clock.now) / .seconds(1)
      for _ in 0..<max(1, kills / (4 * Self.killed.count)) {
        for _ in 1...2 {
          let running = try names.map { name in
            try CommandLine.program.start(arguments(name, options), in: workspace.folder.path)
          }
          for program in running.shuffled() {
            usleep(UInt32(Double.random(in: 0...0.4) * duration * 1e6))
            program.send(SIGKILL)
          }
          for program in running { _ = program.wait() }
          try requireReadable(workspace.path("runs"))
        }
        for name in names {
          let result = try CommandLine.program.run(
            arguments(name, options), in: workspace.folder.path)
          #expect(result.status == 0, "\(result.standardError)")
          // There are no temporary files next to the run.
          let (run, whole) = ("runs/\(name)-1", "whole-\(name)-\(index)")
          #expect(!workspace.folder.contains("runs/\(name)-2"))
          #expect(try workspace.weights(of: run) == workspace.weights(of: whole))
          #expect(
            try workspace.folder.text(of: "\(run)/steps.csv")
              == workspace.folder.text(of: "\(whole)/steps.csv"))
          #expect(
            try workspace.table("metrics.csv", run: run).count
              == workspace.table("metrics.csv", run: whole).count)
        }
        try FileManager.default.removeItem(atPath: workspace.path("runs"))
      }
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
