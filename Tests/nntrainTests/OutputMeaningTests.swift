import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("Meaning of outputs")
struct OutputMeaningTests {
  /// A workspace with a table `data.npz` of 40 rows and a config that reads it.
  private static let inputs = HostTensor(
    (0..<80).map { index -> Double in Double(index * 7 % 11) / 11 - 0.4 }, shape: [40, 2])

  private func workspace(
    targets: HostTensor, model: String, loss: String, metrics: String = "[]"
  ) throws -> Workspace {
    let workspace = try Workspace(
      """
      data: {train: {npz: data.npz}, test: {npz: data.npz}, batch_size: 8}
      model: \(model)
      loss: \(loss)
      optimizer: {adam: {lr: 0.05}}
      metrics: \(metrics)
      epochs: 2
      """)
    let x = Self.inputs
    try NPZ.write([("x", x), ("y", targets)], to: workspace.path("data.npz"))
    try NPY.write(x.rows(0..<3), to: workspace.path("in.npy"))
    return workspace
  }

  @Test("several decisions: accuracy counts each, predict prints each")
  func decisions() throws {
    let targets = HostTensor((0..<120).map { Double($0 * 5 % 3 == 0 ? 1 : 0) }, shape: [40, 3])
    let workspace = try workspace(
      targets: targets, model: "[{linear: 3}]", loss: "bce_with_logits",
      metrics: "[accuracy, subset_accuracy, confusion_matrix]")
    try workspace.train("--quiet", "--no-report")
    let run = workspace.path("run")
    let output = try CommandLine.succeed("evaluate", run)
    #expect(
      output.firstMatch(of: /\naccuracy +[\d.]+\nsubset_accuracy +[\d.]+\n\ntrue .+ 0 +1 +recall\n/)
        != nil, "\(output)")
    let csv = try CommandLine.succeed("predict", run, "--input", workspace.path("in.npy"))
    let lines = csv.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(
      lines[0] == ["decision_0", "decision_1", "decision_2", "output_0", "output_1", "output_2"])
    #expect(lines.count == 4)
    for line in lines.dropFirst() {
      #expect(line[..<3].elementsEqual(line[3...].map { (Double($0) ?? 0) > 0 ? "1" : "0" }))
    }
    let file = workspace.path("out.jsonl")
    try CommandLine.succeed(
      "predict", run, "--input", workspace.path("in.npy"), "--output", file, "--probabilities")
    let first = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")[0]
    let object = try FixtureOption(json: String(first))
    let decisions = try #require(object["decisions"]?.numbers)
    let probabilities = try #require(object["probabilities"]?.numbers)
    #expect(decisions == probabilities.map { $0 > 0.5 ? 1 : 0 })
  }

  @Test("sigmoid under bce_with_logits, which is warned about: metrics decide as predict does")
  func activationBeforeItsLoss() throws {
    let targets = HostTensor((0..<40).map { Double($0 * 5 % 3 == 0 ? 1 : 0) }, shape: [40, 1])
    let workspace = try workspace(
      targets: targets, model: "[{linear: 1}, sigmoid]", loss: "bce_with_logits",
      metrics: "[accuracy]")
    try workspace.train("--quiet", "--no-report")
    let run = workspace.path("run")
    let measured = try CommandLine.succeed("evaluate", run)
    let accuracy = try #require(measured.firstMatch(of: /\naccuracy +([\d.]+)\n/)?.1)
    let x = Self.inputs
    try NPY.write(x, to: workspace.path("all.npy"))
    let csv = try CommandLine.succeed("predict", run, "--input", workspace.path("all.npy"))
    let decisions = csv.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
    let right = zip(decisions, 0..<40).count { ($0 == "1") == ($1 * 5 % 3 == 0) }
    let printed = try #require(Double(accuracy))
    #expect(abs(Double(right) / 40 - printed) < 1e-6, "\(csv)\(measured)")
  }

  @Test("one decision: a matrix of two classes")
  func oneDecision() throws {
    let labels = HostTensor((0..<40).map { Int64($0 * 7 % 11 > 4 ? 1 : 0) })
    let workspace = try workspace(
      targets: labels, model: "[{linear: 1}]", loss: "bce_with_logits",
      metrics: "[accuracy, confusion_matrix]")
    try workspace.train("--quiet", "--no-report")
    let output = try CommandLine.succeed("evaluate", workspace.path("run"))
    let accuracy = try #require(output.firstMatch(of: /\naccuracy +([\d.]+)\n/)?.1).description
    let rows = output.matches(of: /\n[01] +(\d+) +(\d+) +\S+/).map { match in
      [Int(match.1) ?? -1, Int(match.2) ?? -1]
    }
    try #require(rows.count == 2, "\(output)")
    #expect(rows.joined().reduce(0, +) == 40)
    let right = Double(rows[0][0] + rows[1][1]) / 40
    let printed = try #require(Double(accuracy))
    #expect(abs(right - printed) < 1e-6)
  }

  @Test("fewer names of classes than outputs: numbers are the other names")
  func namesOfClasses() throws {
    let workspace = try Workspace(
      """
      data: {train: {csv: colours.csv, target: colour}, test: {csv: colours.csv, target: colour}, batch_size: 8}
      model: [{linear: 3}]
      loss: cross_entropy
      optimizer: {sgd: {lr: 1}}
      metrics: [confusion_matrix]
      epochs: 2
      """)
    let table = (0..<40).map { "\($0 % 2),\($0 % 2 == 0 ? "red" : "blue")\n" }
    try workspace.folder.write("x,colour\n" + table.joined(), to: "colours.csv")
    let trained = try CommandLine.program.run(workspace.arguments(["--no-report"]))
    #expect(trained.status == 0)
    #expect(
      trained.standardError
        == "warning: model: the network has 3 outputs for the 2 classes of the training data\n")
    let output = try CommandLine.succeed("evaluate", workspace.path("run"))
    #expect(output.firstMatch(of: /predicted +blue +red +2 +recall\n/) != nil, "\(output)")
  }

  @Test(
    "targets outside of 0 to 1, a short last batch, k of all classes: refused by check and train")
  func refusals() throws {
    let signs = HostTensor((0..<40).map { $0 % 3 == 0 ? -1.0 : 1 })
    let first = try workspace(targets: signs, model: "[{linear: 1}]", loss: "bce_with_logits")
    let labels = HostTensor((0..<40).map { Int64($0 % 3) })
    let second = try workspace(
      targets: labels, model: "[{linear: 3}]", loss: "cross_entropy", metrics: "[{top_k: 5}]")
    let third = try workspace(
      targets: labels, model: "[{linear: 3}, batch_norm1d]", loss: "cross_entropy")
    for command in [["check"], ["train", "--run-dir", "run"]] {
      let name = Array(command.dropFirst())
      try CommandLine.fail(
        [command[0], first.config] + name,
        saying: ["data.npz", "row 0 (from 0) has the target -1", "hint: write the labels"],
        in: first.folder.path)
      try CommandLine.fail(
        [command[0], second.config] + name,
        saying: ["`top_k` counts 5 guesses, and the network has 3 outputs", "hint: "],
        in: second.folder.path)
      try CommandLine.fail(
        [command[0], third.config, "--set", "data.batch_size=13"] + name,
        saying: ["the last batch of an epoch has 1 example", "drop_last: true"],
        in: third.folder.path)
    }
    for workspace in [first, second, third] { #expect(!workspace.folder.contains("run")) }
    try CommandLine.fail(
      ["check", first.config, "--set", "loss=bce", "--set", "metrics=[top_k]"],
      saying: ["the metric `top_k` ranks classes", "under `bce`", "hint: metrics for it"])
  }

  @Test("numbers that the network's type does not hold")
  func overflow() throws {
    let labels = HostTensor((0..<40).map { Int64($0 % 2) })
    let workspace = try workspace(
      targets: labels, model: "[{linear: {out_features: 2, weight_init: ones}}]",
      loss: "cross_entropy")
    try workspace.train("--quiet", "--no-report")
    try workspace.folder.write("a,b\n1,2\n1e39,0\n", to: "in.csv")
    try CommandLine.fail(
      ["predict", workspace.path("run"), "--input", workspace.path("in.csv")],
      saying: ["in.csv: row 1 (from 0) holds a number that is inf in float32", "hint: "])
    try workspace.folder.write("a,b\n1,2\n3e38,3e38\n", to: "in.csv")
    try CommandLine.fail(
      [
        "predict", workspace.path("run"), "--input", workspace.path("in.csv"), "--probabilities",
      ], status: 1, saying: ["in.csv: the network's output for row 1 (from 0) is inf", "hint: "])
  }
}
