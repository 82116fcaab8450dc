import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("train")
struct TrainTests {
  @Test("writes a run folder and reports the result")
  func happyPath() throws {
    let workspace = try Workspace()
    let output = try workspace.train()
    let run = workspace.path("run")
    #expect(output.contains("training: 160 rows, 5 steps per epoch, 3 epochs, 82 parameters\n"))
    #expect(output.firstMatch(of: /test: loss [\d.]+, accuracy [\d.]+\n/) != nil)
    #expect(output.firstMatch(of: /finished after \d+\.\d seconds\n/) != nil)
    #expect(output.contains("run folder: \(run)\n"))
    #expect(
      output.hasSuffix("next:\n  nntrain evaluate \(run)\n  nntrain predict \(run) --input FILE\n"))
    for file in [
      "config.yaml", "model.safetensors", "metrics.csv", "steps.csv", "environment.json",
      "test.json",
    ] {
      #expect(workspace.folder.contains("run/\(file)"), "\(file)")
    }
    let metrics = try workspace.table("metrics.csv")
    #expect(
      metrics.first == [
        "epoch", "train_loss", "val_loss", "val_accuracy", "lr", "seconds", "samples_per_s",
      ])
    #expect(metrics.dropFirst().map { $0[0] } == ["1", "2", "3"])
    let steps = try workspace.table("steps.csv")
    #expect(steps.first == ["step", "loss", "lr", "grad_norm"])
    let numbers: [String] = (1...15).map { "\($0)" }
    #expect(steps.dropFirst().map { $0[0] } == numbers)
    for step in steps.dropFirst() {
      for field in step { #expect(Double(field)?.isFinite == true, "\(step)") }
    }
  }

  @Test("numbers the run folders without a given name")
  func defaultFolder() throws {
    let workspace = try Workspace()
    for number in 1...2 {
      let output = try CommandLine.succeed(
        "train", workspace.config, "--set", "epochs=1", in: workspace.folder.path)
      #expect(output.contains("run folder: runs/tiny-\(number)\n"))
    }
    #expect(workspace.folder.contains("runs/tiny-2/model.safetensors"))
    let resumed = try CommandLine.succeed(
      "train", workspace.config, "--resume", "--set", "epochs=2", in: workspace.folder.path)
    #expect(resumed.contains("run folder: runs/tiny-2\n"))
  }

  @Test("applies changes, the seed last")
  func changes() throws {
    let workspace = try Workspace()
    try workspace.train("--set", "epochs=1", "--set", "optimizer.adam.lr=0.5", "--seed", "9")
    let config = try workspace.folder.text(of: "run/config.yaml")
    #expect(config.contains("epochs: 1\n"))
    #expect(config.contains("lr: 0.5\n"))
    #expect(config.contains("seed: 9\n"))
    try workspace.train("--set", "epochs=1", "--set", "optimizer.adam.lr=0.5", run: "other")
    #expect(try workspace.weights() != workspace.weights(of: "other"))
  }

  @Test("starts from the weights that --init names")
  func initialWeights() throws {
    let workspace = try Workspace()
    try workspace.train()
    let model = workspace.path("run/model.safetensors")
    try workspace.train(
      "--init", model, "--set", "optimizer.adam.lr=0", "--set", "epochs=1", run: "copy")
    let first = try SafeTensorsFile(contentsOf: model)
    let second = try SafeTensorsFile(contentsOf: workspace.path("copy/model.safetensors"))
    #expect(first.tensors.count == 4)
    for (name, tensor) in first.tensors { #expect(second[name] == tensor, "\(name)") }
  }

  @Test("--init takes a bias of −∞, which rules a class out, and refuses NaN")
  func infiniteInitialWeights() throws {
    let workspace = try Workspace(
      Workspace.circles.replacing("linear: 2", with: "linear: 3"))
    try workspace.train("--set", "epochs=1")
    let trained = try SafeTensorsFile(contentsOf: workspace.path("run/model.safetensors"))
    func write(_ number: Float, _ name: String) throws -> String {
      let path = workspace.path(name)
      let tensors = trained.tensors.map { name, tensor in
        (name, name == "3.bias" ? HostTensor([Float(0), 0, number]) : tensor)
      }
      try SafeTensorsFile(tensors: tensors).write(to: path)
      return path
    }
    let masked = try write(-.infinity, "masked.safetensors")
    let output = try workspace.train("--init", masked, "--overwrite")
    #expect(output.contains("finished after"))
    let result = try SafeTensorsFile(contentsOf: workspace.path("run/model.safetensors"))
    let bias = try #require(result["3.bias"]).doubles
    #expect(bias[2] == -.infinity && bias[0].isFinite && bias[0] != 0)
    try workspace.train("--resume", "--set", "epochs=4")

    let damaged = try write(.nan, "damaged.safetensors")
    let refused = try CommandLine.program.run(
      workspace.arguments(["--init", damaged], run: "refused"))
    #expect(refused.status == 2)
    #expect(refused.standardError.contains("damaged.safetensors"))
    #expect(refused.standardError.contains("`3.bias` holds NaN"))
    #expect(!workspace.folder.contains("refused/model.safetensors"))
  }

  @Test("names the initializer whose numbers overflow, before training")
  func overflowingInitializer() throws {
    let workspace = try Workspace(
      Workspace.circles.replacing(
        "linear: 16", with: "linear: {out_features: 16, weight_init: {constant: 1e39}}"))
    let result = try CommandLine.program.run(workspace.arguments())
    #expect(result.status == 2)
    #expect(result.standardError.contains("constant(1e+39) returned inf for `0.weight` [16, 2]"))
    #expect(!workspace.folder.contains("run/model.safetensors"))
    let tail = try Workspace(
      Workspace.circles.replacing(
        "linear: 16",
        with: "linear: {out_features: 16, weight_init: {trunc_normal: {low: 9, high: 10}}}"))
    try tail.train("--set", "epochs=1")
  }

  @Test("stops after --max-steps and can be continued")
  func stepLimit() throws {
    let workspace = try Workspace()
    let output = try workspace.train("--max-steps", "7")
    #expect(output.contains("stopped at the limit of --max-steps"))
    #expect(try workspace.table("steps.csv").last?.first == "7")
    try workspace.train("--resume")
    #expect(try workspace.table("steps.csv").dropFirst().count == 15)
    try workspace.train(run: "unbroken")
    #expect(try workspace.weights() == workspace.weights(of: "unbroken"))
  }

  @Test("refuses a folder that holds a run, without --resume or --overwrite")
  func occupiedFolder() throws {
    let workspace = try Workspace()
    try workspace.train("--set", "epochs=1")
    let before = try workspace.weights()
    try CommandLine.fail(
      workspace.arguments(), saying: ["already holds a run", "--resume", "--overwrite"])
    #expect(try workspace.weights() == before)
    try workspace.train("--overwrite", "--seed", "3")
    #expect(try workspace.weights() != before)
    #expect(try workspace.table("metrics.csv").count == 4)
  }

  @Test("reports that a run is finished, and trains it further on request")
  func finishedRun() throws {
    let workspace = try Workspace()
    try workspace.train()
    let before = try workspace.weights()
    let output = try workspace.train("--resume")
    #expect(output.contains("is finished; nothing to do\n  hint: --set epochs=6"))
    #expect(try workspace.weights() == before)
    try workspace.train("--resume", "--set", "epochs=5")
    #expect(try workspace.table("metrics.csv").last?.first == "5")
    try workspace.train("--set", "epochs=5", run: "unbroken")
    #expect(try workspace.weights() == workspace.weights(of: "unbroken"))
  }

  @Test("ends with the same bytes for any number of threads", arguments: [false, true])
  func threads(images: Bool) throws {
    let workspace = try images ? Workspace.images() : Workspace()
    for threads in 1...3 {
      try workspace.train("--threads", "\(threads)", run: "run-\(threads)")
    }
    let first = try workspace.weights(of: "run-1")
    #expect(try workspace.weights(of: "run-2") == first)
    #expect(try workspace.weights(of: "run-3") == first)
  }

  @Test("refuses options that exclude each other or make no sense")
  func wrongOptions() throws {
    let workspace = try Workspace()
    for (options, fragment) in [
      (["--resume", "--overwrite"], "give one of them"),
      (["--max-steps=-1"], "--max-steps is -1"),
      (["--seed", "-1"], "--seed"),
      (["--progress", "loud"], "loud"),
      (["--set", "epochs"], "epochs"),
    ] {
      try CommandLine.fail(workspace.arguments(options), saying: [fragment])
    }
    try CommandLine.fail(
      ["train", workspace.config, "--overwrite"], saying: ["--run-dir"])
    #expect(!workspace.folder.contains("run"))
  }
}
