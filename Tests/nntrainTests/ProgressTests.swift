import Foundation
import NNTestSupport
import Testing

@Suite("Progress")
struct ProgressTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test("writes plain lines without a terminal", arguments: ["auto", "bar", "plain"])
  func plain(mode: String) throws {
    let output = try workspace.train("--progress", mode)
    #expect(!output.contains("\u{1B}") && !output.contains("\r"))
    let lines = output.split(separator: "\n")
    #expect(lines.first == "training: 160 rows, 5 steps per epoch, 3 epochs, 82 parameters")
    let epochs = lines.filter { $0.hasPrefix("epoch ") }
    #expect(epochs.count == 3)
    for (index, line) in epochs.enumerated() {
      #expect(line.hasPrefix("epoch \(index + 1)/3  train_loss "))
      #expect(
        line.contains("val_loss ") && line.contains("val_accuracy ") && line.contains(" samples/s"))
    }
  }

  @Test("does not flood logs with short epochs")
  func manyEpochs() throws {
    let output = try workspace.train(
      "--set", "epochs=1000", "--set", "data.train.circles.samples=8",
      "--set", "data.batch_size=4", "--set", "checkpoint.every=100000", "--set", "log.every=1000")
    let epochs = output.split(separator: "\n").filter { $0.hasPrefix("epoch ") }
    let seconds = try #require(
      output.firstMatch(of: /finished after ([\d.]+) seconds/).flatMap { Double($0.1) })
    #expect(epochs.count >= 2 && Double(epochs.count) <= min(101, 10 * (seconds + 0.1) + 12))
    #expect(epochs.first?.hasPrefix("epoch    1/1000") == true)
    #expect(epochs.last?.hasPrefix("epoch 1000/1000") == true)
  }

  @Test("names the best epoch once, where it is not the last")
  func best() throws {
    let output = try workspace.train("--set", "optimizer.adam.lr=0.5", "--set", "epochs=12")
    let lines = output.split(separator: "\n")
    let losses = try workspace.table("metrics.csv").dropFirst().map { Double($0[2]) ?? .nan }
    let smallest = try #require(losses.min())
    let epoch = try #require(losses.firstIndex(of: smallest)) + 1
    #expect(epoch < 12, "the test needs a run that gets worse")
    let best = lines.filter { $0.contains("best") }
    #expect(best.count == 1)
    #expect(best.first?.hasPrefix("best: epoch \(epoch < 10 ? " " : "")\(epoch)/12  ") == true)
  }

  @Test("a run that stops early still shows its last epoch")
  func lastEpoch() throws {
    let output = try workspace.train(
      "--set", "epochs=100000", "--set", "data.train.circles.samples=20",
      "--set", "data.batch_size=4", "--set", "checkpoint.every=100000", "--max-steps", "402")
    let last = output.split(separator: "\n").last { $0.hasPrefix("epoch ") }
    #expect(last?.contains("    100/100000") == true)
  }

  @Test("writes one object per event and line")
  func json() throws {
    let output = try workspace.train("--progress", "json")
    let events = try output.split(separator: "\n").map { try FixtureOption(json: String($0)) }
    let names = events.compactMap { $0["event"]?.text }
    #expect(names.count == events.count)
    #expect(names.first == "start" && names.last == "result")
    #expect(names.filter { $0 == "step" }.count == 15)
    #expect(names.filter { $0 == "epoch" }.count == 3)
    #expect(names.contains("checkpoint") && names.contains("finish"))
    #expect(events[0]["rows"]?.integer == 160)
    #expect(events[0]["parameters"]?.integer == 82)
    let losses = events.filter { $0["event"]?.text == "step" }.map { $0["loss"]?.number }
    let table = try workspace.table("steps.csv")
    #expect(losses == table.dropFirst().map { Double($0[1]) })
    let result = events[events.count - 1]
    #expect(result["run_dir"]?.text == workspace.path("run"))
    #expect(result["test"]?["accuracy"]?.number != nil)
    let again = try workspace.train("--progress", "json", "--resume")
    #expect(try FixtureOption(json: again)["event"]?.text == "already_finished")
  }

  @Test("writes nothing but results with none, nothing at all with --quiet")
  func silence() throws {
    let none = try workspace.train("--progress", "none")
    #expect(none.hasPrefix("test: "))
    #expect(try workspace.train("--quiet", run: "quiet") == "")
  }

  @Test("draws a bar on a terminal, as wide as it is, and clears it", arguments: [45, 100])
  func bar(columns: Int) throws {
    let terminal = try Terminal(columns: columns, rows: 24)
    let output = try terminal.run(
      CommandLine.program.path, workspace.arguments(["--set", "epochs=40"]))
    let clear = "\r\u{1B}[2K"
    #expect(output.contains(clear + "epoch "))
    #expect(output.contains("[=") || output.contains("[ "))
    // On 45 columns there is no room for it next to the shortest bar, whatever the numbers.
    #expect(output.contains(" samples/s") && output.contains(" left") == (columns == 100))
    // The text after the last drawing begins on a cleared line.
    let last = try #require(output.components(separatedBy: clear).last)
    #expect(!last.contains("["))
    let drawings = output.components(separatedBy: clear).dropFirst().filter { $0.contains("[") }
    for drawing in drawings { #expect(drawing.count < columns, "\(drawing)") }
    #expect(output.contains("finished after"))
  }

  @Test("draws no bar on a terminal without escape codes")
  func dumbTerminal() throws {
    let terminal = try Terminal(columns: 80, rows: 24, kind: "dumb")
    let output = try terminal.run(CommandLine.program.path, workspace.arguments())
    #expect(!output.contains("\u{1B}"))
    #expect(output.contains("epoch 3/3"))
  }
}
