import NNTestSupport
import Testing

/// `nntrain check --data`, and the lines of `train`.
@Suite("check --data")
struct MistakeCheckCommandTests {
  private static let noScale = """
    data: {train: {csv: rows.csv, target: y}, batch_size: 10, shuffle: false}
    model: [{linear: 2}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.001}}
    epochs: 1
    """

  /// A table with rows sorted by class and a column up to 900.
  private static func workspace() throws -> Workspace {
    let workspace = try Workspace(noScale)
    let rows = (0..<40).map { row in
      "\(Double(row * 37 % 41) / 10),\(row == 20 ? 900 : row % 7),\(row < 20 ? 0 : 1)"
    }
    try workspace.folder.write(
      (["a,b,y"] + rows).joined(separator: "\n") + "\n", to: "rows.csv")
    return workspace
  }

  private static let lines = [
    "unscaled-inputs: column \"b\" of the inputs has numbers up to 900: initial weights are made for "
      + "inputs around 1: larger ones saturate units or diverge; fix: add normalize: standard "
      + "(data.normalize)",
    "sorted-labels: the 40 training rows are sorted by class and are not shuffled: batches have rows "
      + "of one class, and the network forgets the classes before it; fix: leave shuffle: false out "
      + "(data.shuffle)",
  ]

  @Test("prints a line for each finding; --strict fails with status 2")
  func findings() throws {
    let workspace = try Self.workspace()
    let all = Self.lines.joined(separator: "\n") + "\n"
    #expect(try CommandLine.succeed("check", workspace.config, "--data") == all)
    let strict = try CommandLine.program.run(["check", workspace.config, "--data", "--strict"])
    #expect(strict.status == 2)
    #expect(strict.standardOutput == all)
    #expect(strict.standardError == "error: \(workspace.config): 2 findings with --strict\n")
    // What is mended is not reported.
    let fixed = ["--set", "data.shuffle=true", "--set", "data.normalize=standard"]
    #expect(
      try CommandLine.succeed(arguments: ["check", workspace.config, "--data", "--strict"] + fixed)
        == "no mistakes found\n")
  }

  @Test("--json prints one object per finding")
  func json() throws {
    let workspace = try Self.workspace()
    let output = try CommandLine.succeed("check", workspace.config, "--data", "--json")
    let objects = output.split(separator: "\n")
    #expect(objects.count == 2)
    #expect(
      objects.last?.hasPrefix(
        "{\"check\": \"sorted-labels\", \"what\": \"the 40 training rows are sorted by class and are "
          + "not shuffled\", \"why\": \"") == true)
    #expect(
      objects.last?.hasSuffix(
        "\"fix\": \"leave shuffle: false out\", \"key\": \"data.shuffle\"}") == true)
    #expect(
      try CommandLine.succeed(
        "check", workspace.config, "--data", "--json", "--set", "data.shuffle=true", "--set",
        "data.normalize=standard") == "")
  }

  @Test("train writes them to standard error before the first step, unless --quiet is given")
  func train() throws {
    let workspace = try Self.workspace()
    let result = try CommandLine.program.run(workspace.arguments())
    #expect(result.status == 0)
    #expect(result.standardError == Self.lines.map { "warning: \($0)\n" }.joined())
    let quiet = try CommandLine.program.run(workspace.arguments(["--quiet"], run: "quiet"))
    #expect(quiet.status == 0 && quiet.standardError == "")
    // A run folder in place of the config: the same findings, and perhaps those of the network.
    #expect(
      try CommandLine.succeed("check", workspace.path("run"), "--data")
        .hasPrefix(Self.lines.joined(separator: "\n") + "\n"))
  }

  @Test("a warning of the config is not repeated")
  func softmax() throws {
    let workspace = try Self.workspace()
    let fixed = [
      "--set", "data.shuffle=true", "--set", "data.normalize=standard", "--set",
      "model=[{linear: 2}, softmax]",
    ]
    let check = try CommandLine.program.run(["check", workspace.config, "--data"] + fixed)
    #expect(check.standardError == "")
    #expect(check.standardOutput.hasPrefix("output-activation: softmax is the last layer before"))
    let train = try CommandLine.program.run(workspace.arguments(fixed))
    #expect(
      train.standardError
        == "warning: model.1 (softmax): cross_entropy applies log_softmax itself and takes the raw "
        + "outputs; leave the layer out\n")
  }

  @Test("wrong arguments and configs end with status 2")
  func wrong() throws {
    let workspace = try Self.workspace()
    try CommandLine.fail(
      ["check", workspace.config, "--strict"],
      saying: ["--strict needs --data, whose findings it makes errors"])
    try CommandLine.fail(
      ["check", workspace.config, "--data", "--set", "model=[{linear: 1}]"], saying: ["label 1"])
    try CommandLine.fail(
      ["check", workspace.path("none.yaml"), "--data"], saying: ["none.yaml"])
  }
}
