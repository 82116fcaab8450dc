import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// Expects training to fail and to leave no weights.
  private func refuse(
    _ changes: [String] = [], status: Int32 = 2, saying fragments: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try CommandLine.fail(
      workspace.arguments(changes), status: status, saying: fragments,
      sourceLocation: sourceLocation)
    #expect(!workspace.folder.contains("run/model.safetensors"), sourceLocation: sourceLocation)
  }

  private func rewrite(_ old: String, _ new: String) throws {
    #expect(Workspace.circles.contains(old))
    try workspace.folder.write(Workspace.circles.replacing(old, with: new), to: "tiny.yaml")
  }

  @Test("unknown key: position and suggestion")
  func unknownKey() throws {
    try rewrite("  batch_size: 32", "  batchsize: 32")
    try refuse(saying: ["\(workspace.config):5:3: ", "`batchsize`", "batch_size"])
    try CommandLine.fail(["check", workspace.config], saying: ["tiny.yaml:5:3: "])
  }

  @Test("wrong type: position, expected and found")
  func wrongType() throws {
    try rewrite("epochs: 3", "epochs: many")
    try refuse(saying: ["tiny.yaml:14:9: ", "`epochs`", "\"many\""])
    try rewrite("- linear: 16", "- linear: [16]")
    try refuse(saying: ["tiny.yaml:7:", "out_features"])
  }

  @Test("impossible value and unknown component")
  func impossibleValue() throws {
    try rewrite("dropout: 0.1", "dropout: 1.5")
    try refuse(saying: ["tiny.yaml:9:", "1.5"])
    try rewrite("- relu", "- rellu")
    try refuse(saying: ["tiny.yaml:8:5: ", "`rellu`", "`relu`"])
  }

  @Test("all errors are reported at once")
  func severalMistakes() throws {
    try rewrite("- relu\n", "- rellu\n  - linear: 0\n")
    try refuse(saying: ["2 problems", "tiny.yaml:8:", "tiny.yaml:9:"])
  }

  @Test("no YAML, and no config")
  func noYAML() throws {
    try workspace.folder.write("model: [linear: 2\nloss: mse\n", to: "tiny.yaml")
    try refuse(saying: ["tiny.yaml:2:"])
    try workspace.folder.write("", to: "tiny.yaml")
    try refuse(saying: ["tiny.yaml"])
  }

  @Test("a layer with a shape mismatch: path, shapes and the fix")
  func shapeMismatch() throws {
    let workspace = try Workspace.images()
    let text = try workspace.folder.text(of: "tiny.yaml").replacing("  - flatten\n", with: "")
    try workspace.folder.write(text, to: "tiny.yaml")
    for command in ["check", "train", "summary", "gradcheck"] {
      try CommandLine.fail(
        [command, workspace.config], saying: ["`7` (", "[N, 7, 2, 2]", "add Flatten"],
        in: workspace.folder.path)
    }
  }

  @Test("a label out of range: row, label and classes", arguments: [Int64(2), -1])
  func label(value: Int64) throws {
    var labels = [Int64](repeating: 0, count: 40)
    labels[17] = value
    try arrays(inputs: [Double](repeating: 0.5, count: 80), labels: labels)
    try refuse(saying: ["data.npz", "row 17", "label \(value)"])
    try CommandLine.fail(["check", workspace.config], saying: ["row 17", "label \(value)"])
  }

  @Test("NaN in the data: row and column")
  func nan() throws {
    var inputs = [Double](repeating: 0.5, count: 80)
    inputs[2 * 11 + 1] = .nan
    try arrays(inputs: inputs, labels: [Int64](repeating: 0, count: 40))
    try refuse(saying: ["data.npz", "row 11, column 1", "NaN"])
  }

  @Test("tables with ragged rows, missing values and words for numbers: line and column")
  func tables() throws {
    try rewrite("{circles: {samples: 200, noise: 0.05}}", "{csv: data.csv, target: y}")
    for (lines, fragments) in [
      ("1,2,0\n3,4\n", ["data.csv:3"]), ("1,2,0\n3,,1\n", ["data.csv:3", "b"]),
      ("1,2,0\n3,four,1\n", ["data.csv:3", "four"]),
    ] {
      try workspace.folder.write("a,b,y\n" + lines, to: "data.csv")
      try refuse(saying: fragments)
    }
    try workspace.folder.write("a,b,z\n1,2,3\n", to: "data.csv")
    try refuse(saying: ["data.csv", "y"])
  }

  @Test("truncated files: NPZ, IDX, gzip, safetensors")
  func truncated() throws {
    try arrays(
      inputs: [Double](repeating: 0.5, count: 80), labels: [Int64](repeating: 0, count: 40))
    let archive = try Data(contentsOf: URL(filePath: workspace.path("data.npz")))
    try workspace.folder.write(archive.dropLast(30), to: "data.npz")
    try refuse(saying: ["data.npz"])
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]
    try rewrite(
      "{circles: {samples: 200, noise: 0.05}}", "{idx: {images: images, labels: labels}}")
    try workspace.folder.write(Data([0, 0, 8, 1, 0, 0, 0, 2, 0, 1]), to: "labels")
    try workspace.folder.write(Data(images.dropLast(3)), to: "images")
    try refuse(saying: ["images", "truncated"])
    try workspace.folder.write(Data(Gzip.deflate(images).dropLast(6)), to: "images")
    try refuse(saying: ["images"])
    try workspace.folder.write(Workspace.circles, to: "tiny.yaml")
    let weights = workspace.path("w.safetensors")
    try SafeTensorsFile(tensors: [("0.weight", HostTensor(zeros: [16, 2]))]).write(to: weights)
    try refuse(["--init", weights], saying: [weights, "0.bias"])
    let whole = try Data(contentsOf: URL(filePath: weights))
    try workspace.folder.write(whole.dropLast(4), to: "w.safetensors")
    try refuse(["--init", weights], saying: [weights, "tensor \"0.weight\"", "truncated"])
  }

  @Test("missing files: config, data, weights")
  func missing() throws {
    try refuse(["--init", workspace.path("none.safetensors")], saying: ["no such file"])
    try rewrite("{circles: {samples: 200, noise: 0.05}}", "{npz: none.npz}")
    try refuse(saying: [workspace.path("none.npz"), "no such file"])
    let none = workspace.path("none.yaml")
    for command in ["train", "check", "summary", "gradcheck"] {
      try CommandLine.fail([command, none], saying: [none, "no such file"])
    }
  }

  @Test("a run folder that cannot be made")
  func unwritable() throws {
    let path = workspace.config + "/run"
    try CommandLine.fail(
      ["train", workspace.config, "--run-dir", path],
      saying: [workspace.config, "--run-dir"])
  }

  @Test("a batch larger than the data, and an empty validation part")
  func sizes() throws {
    try refuse(["--set", "data.batch_size=1000"], saying: ["1000", "160"])
    try CommandLine.fail(
      ["check", workspace.config, "--set", "data.batch_size=1000"], saying: ["1000", "160"])
    try refuse(["--set", "data.validation.split=0.001"], saying: ["validation"])
    try refuse(["--set", "data.validation.split=1.5"], saying: ["split", "1.5"])
  }

  @Test("a run that diverges names step and layer and keeps the last good checkpoint")
  func divergence() throws {
    let arguments = workspace.arguments([
      "--set", "optimizer={sgd: {lr: 1e30}}", "--set", "checkpoint={every: 1, interval: step}",
      "--quiet",
    ])
    let error = try CommandLine.fail(
      arguments, status: 1,
      saying: ["the loss became", "at step ", "hint: lower the learning rate"])
    let step = try #require(error.firstMatch(of: /at step (\d+)/).flatMap { Int($0.1) })
    #expect(step > 1)
    #expect(error.firstMatch(of: /`\d` \(/) != nil || error.contains("the loss itself"))
    let last = "run/checkpoints/step-\(String(repeating: "0", count: 8))\(step - 1).safetensors"
    #expect(step < 10 && workspace.folder.contains(last))
    let checkpoint = try SafeTensorsFile(contentsOf: workspace.path(last))
    #expect(checkpoint.tensors.contains { $0.name == "model/0.weight" })
    for (name, tensor) in checkpoint.tensors {
      #expect(tensor.doubles.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  @Test("a disk that is full while saving leaves the old files intact")
  func fullDisk() throws {
    try workspace.train()
    let before = try contents(of: "run")
    // A limit on the size of files simulates a full disk: writing fails in the same way.
    let command = ([CommandLine.program.path] + workspace.arguments(["--resume"])).map { "'\($0)'" }
    let result = try Program(path: "/bin/sh").run(
      "-c",
      "trap '' XFSZ; ulimit -f 1; " + command.joined(separator: " ") + " --set epochs=9 --quiet")
    #expect(result.status == 1, "\(result.standardError)")
    #expect(result.standardError.hasPrefix("error: "))
    #expect(result.standardError.contains("File too large"))
    let after = try contents(of: "run")
    for (name, bytes) in before where name.hasSuffix(".safetensors") {
      #expect(after[name] == bytes, "\(name)")
    }
    #expect(!after.keys.contains { $0.hasSuffix(".tmp") })
    try workspace.train("--resume", "--set", "epochs=9")
  }

  /// Every file of a folder with its bytes.
  private func contents(of name: String) throws -> [String: Data] {
    let folder = workspace.path(name)
    var files: [String: Data] = [:]
    for case let file as String in FileManager.default.enumerator(atPath: folder)?.allObjects ?? []
    {
      files[file] = try? Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
    }
    return files
  }

  /// Makes the config train on arrays in `data.npz`.
  private func arrays(inputs: [Double], labels: [Int64]) throws {
    try rewrite("{circles: {samples: 200, noise: 0.05}}", "{npz: data.npz}")
    try NPZ.write(
      [("x", HostTensor(inputs, shape: [labels.count, 2])), ("y", HostTensor(labels))],
      to: workspace.path("data.npz"))
  }
}
