import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("evaluate and predict")
struct UseTests {
  /// A workspace with a finished run in `run`.
  private let workspace: Workspace
  private let run: String

  init() throws {
    workspace = try Workspace()
    try workspace.train("--quiet")
    run = workspace.path("run")
  }

  @Test("evaluates on the run's test source, or on another")
  func evaluate() throws {
    let output = try CommandLine.succeed("evaluate", run)
    #expect(output.firstMatch(of: /rows +50\nloss +[\d.e-]+\naccuracy +[\d.]+\n/) != nil)
    let trained = try workspace.train("--resume", "--set", "epochs=4")
    let accuracy = try #require(trained.firstMatch(of: /test: loss [\d.]+, accuracy ([\d.]+)/)?.1)
    let again = try CommandLine.succeed("evaluate", run)
    #expect(again.contains("accuracy  \(accuracy)\n"))
    let other = try CommandLine.succeed("evaluate", run, "--data", "{circles: {samples: 30}}")
    #expect(other.firstMatch(of: /rows +30\n/) != nil)
    let seeds = try (1...2).map {
      try CommandLine.succeed(
        "evaluate", run, "--data", "{circles: {noise: 0.4}}", "--seed", "\($0)")
    }
    #expect(seeds[0] != seeds[1])
  }

  @Test("has the same results for any number of threads")
  func threads() throws {
    let outputs = try ["1", "2"].map { try CommandLine.succeed("evaluate", run, "--threads", $0) }
    #expect(outputs[0] == outputs[1])
  }

  @Test("refuses incompatible data")
  func wrongData() throws {
    try CommandLine.fail(["evaluate", run, "--data", "circle"], saying: ["circle"])
    try CommandLine.fail(["evaluate", run, "--data", "sine"], saying: ["sine"])
    try CommandLine.fail(
      ["evaluate", run, "--data", workspace.path("no.npz")], saying: ["no such file"])
    try CommandLine.fail(
      ["evaluate", workspace.folder.path], saying: ["no run folder", "model.safetensors"])
  }

  @Test("predicts from every format into every format, with the same numbers")
  func predict() throws {
    let rows: [Double] = [1, 0, 0.5, 0, 0, 1, 0, -0.5, 0.25, 0.125]
    let tensor = HostTensor(rows, shape: [5, 2])
    try NPY.write(tensor, to: workspace.path("in.npy"))
    try NPZ.write([("x", tensor)], to: workspace.path("in.npz"))
    try workspace.folder.write(
      "a,b\n1,0\n0.5,0\n0,1\n0,-0.5\n0.25,0.125\n", to: "in.csv")
    let csv = try CommandLine.succeed("predict", run, "--input", workspace.path("in.npy"))
    let lines = csv.split(separator: "\n")
    #expect(lines.first == "class,0,1")
    #expect(lines.count == 6)
    for input in ["in.npz", "in.csv"] {
      #expect(
        try CommandLine.succeed("predict", run, "--input", workspace.path(input)) == csv)
    }
    for output in ["out.npy", "out.csv", "out.jsonl"] {
      let text = try CommandLine.succeed(
        "predict", run, "--input", workspace.path("in.npy"), "--output", workspace.path(output))
      #expect(text == "")
    }
    #expect(try workspace.folder.text(of: "out.csv") == csv)
    let outputs = try NPY.read(workspace.path("out.npy"))
    #expect(outputs.shape == [5, 2] && outputs.dtype == .float32)
    let objects = try workspace.folder.text(of: "out.jsonl").split(separator: "\n").map {
      try FixtureOption(json: String($0))
    }
    for (row, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",")
      let numbers = outputs.rows(row..<row + 1).scalars(as: Float.self)
      #expect(fields.dropFirst().map { Float($0) } == numbers)
      #expect(fields[0] == (numbers[1] > numbers[0] ? "1" : "0"))
      #expect(objects[row]["outputs"]?.numbers?.map { Float($0) } == numbers)
      #expect(objects[row]["class"]?.text == String(fields[0]))
    }
  }

  @Test("turns outputs into probabilities when asked")
  func probabilities() throws {
    try NPY.write(HostTensor([1.0, 0, 0, 0.5], shape: [2, 2]), to: workspace.path("in.npy"))
    let input = workspace.path("in.npy")
    for output in ["raw.npy", "p.npy"] {
      try CommandLine.succeed(
        arguments: ["predict", run, "--input", input, "--output", workspace.path(output)]
          + (output == "p.npy" ? ["--probabilities"] : []))
    }
    let raw = try NPY.read(workspace.path("raw.npy")).doubles
    let found = try NPY.read(workspace.path("p.npy")).doubles
    let wanted = [0, 2].flatMap { row in
      let sum = exp(raw[row]) + exp(raw[row + 1])
      return [exp(raw[row]) / sum, exp(raw[row + 1]) / sum]
    }
    expectClose(found, wanted, .float32)
  }

  @Test("names the classes that the training data name, quoted where CSV asks for it")
  func classNames() throws {
    let table = (0..<40).map { "\($0 % 2),\($0 % 2 == 0 ? "\"red, dark\"" : "blue")\n" }
    let workspace = try Workspace(
      """
      data: {train: {csv: colours.csv, target: colour}, batch_size: 8}
      model: [{linear: 2}]
      loss: cross_entropy
      optimizer: {sgd: {lr: 1}}
      epochs: 20
      """)
    try workspace.folder.write("x,colour\n" + table.joined(), to: "colours.csv")
    try workspace.train()
    try workspace.folder.write("x\n0\n1\n", to: "new.csv")
    let output = try CommandLine.succeed(
      "predict", workspace.path("run"), "--input", workspace.path("new.csv"))
    let lines = output.split(separator: "\n")
    #expect(lines[0] == "colour,colour=blue,\"colour=red, dark\"")
    #expect(lines[1].hasPrefix("\"red, dark\",") && lines[2].hasPrefix("blue,"))
    let evaluated = try CommandLine.succeed(
      "evaluate", workspace.path("run"), "--data", workspace.path("colours.csv"))
    #expect(evaluated.firstMatch(of: /rows +40\n/) != nil)
  }

  @Test("refuses what it cannot read or write")
  func refusals() throws {
    let input = workspace.path("in.npy")
    try NPY.write(HostTensor([1.0, 0, 3], shape: [1, 3]), to: input)
    try CommandLine.fail(
      ["predict", run, "--input", input], saying: [input, "[N, 2]", "[1, 3]"])
    try NPY.write(HostTensor([1.0, .nan], shape: [1, 2]), to: input)
    try CommandLine.fail(["predict", run, "--input", input], saying: ["row 0, column 1", "NaN"])
    try CommandLine.fail(
      ["predict", run, "--input", input, "--output", "o.txt"], saying: [".jsonl", "o.txt"])
    try CommandLine.fail(["predict", run, "--input", "in.txt"], saying: [".npz"])
    try CommandLine.fail(["predict", run], saying: ["--input"])
    try CommandLine.fail(
      ["predict", workspace.path("none"), "--input", input], saying: ["no such folder"])
  }

  @Test("refuses a damaged model, naming the tensor")
  func damagedModel() throws {
    let bytes = try workspace.weights()
    try workspace.folder.write(bytes.dropLast(5), to: "run/model.safetensors")
    try CommandLine.fail(["evaluate", run], saying: ["model.safetensors: tensor", "truncated"])
  }
}
