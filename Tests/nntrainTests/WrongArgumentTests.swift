import NNTestSupport
import Testing

/// Every documented command with its argument missing, doubled, of another kind, and with a folder
/// for a file or the reverse: one clear message, status 2.
@Suite("Wrong arguments")
struct WrongArgumentTests {
  private let workspace: Workspace
  private let folder: String

  init() throws {
    workspace = try Workspace()
    folder = workspace.folder.path
    try workspace.train("--quiet", "--max-steps", "1", "--no-report")
    try workspace.folder.write("a,b,y\n0.1,0.2,0\n", to: "rows.csv")
    try workspace.folder.write("", to: "empty/other.txt")
  }

  private func refuse(
    _ arguments: [String], _ fragments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let error = try CommandLine.fail(
      arguments, saying: fragments, in: folder, sourceLocation: sourceLocation)
    #expect(error.split(separator: "\n").count <= 2, "\(error)", sourceLocation: sourceLocation)
    #expect(error.utf8.count < 500, "\(error)", sourceLocation: sourceLocation)
  }

  private static let configCommands = ["train", "check", "summary", "graph", "gradcheck"]
  private static let runCommands: [[String]] = [
    ["evaluate"], ["predict", "--input", "rows.csv"], ["generate", "--prompt", "a"],
    ["translate"], ["forecast"], ["report"],
  ]

  @Test("missing")
  func missing() throws {
    for command in Self.configCommands + Self.runCommands.map({ $0[0] }) + ["inspect"] {
      try refuse([command], "nntrain \(command): Missing expected argument", "\(command) --help")
    }
    try refuse(["predict", "run"], "--input")
    try refuse(["generate", "run"], "--prompt")
    for (command, option) in [
      (["train", "tiny.yaml"], "--run-dir"), (["train", "tiny.yaml"], "--set"),
      (["train", "tiny.yaml"], "--init"), (["train", "tiny.yaml"], "--max-steps"),
      (["evaluate", "run"], "--data"), (["predict", "run"], "--input"),
      (["report", "run"], "--output"), (["lesson", "neuron"], "--out"), (["doctor"], "--threads"),
      (["playground"], "--port"),
    ] {
      try refuse(command + [option], "Missing value for '\(option)")
    }
  }

  @Test("doubled")
  func doubled() throws {
    for command in Self.configCommands {
      try refuse([command, "tiny.yaml", "tiny.yaml"], "Unexpected argument 'tiny.yaml'")
    }
    for command in Self.runCommands where command[0] != "report" {
      try refuse(command + ["run", "run"], "Unexpected argument 'run'")
    }
    try refuse(["inspect", "a.npy", "a.npy"], "Unexpected argument 'a.npy'")
    try refuse(["doctor", "here"], "Unexpected argument 'here'")
    for (command, option) in [
      (["train", "tiny.yaml"], ["--run-dir", "x"]), (["train", "tiny.yaml"], ["--resume"]),
      (["train", "tiny.yaml"], ["--max-steps=1"]), (["evaluate", "run"], ["--data", "xor"]),
      (["predict", "run"], ["--input", "rows.csv"]), (["doctor"], ["--threads", "1"]),
      (["summary", "tiny.yaml"], ["--json"]), (["datasets"], ["--quiet"]),
    ] {
      let name = String(option[0].prefix { $0 != "=" })
      let first = command.count + 1
      try refuse(
        command + option + option,
        "\(name) is given twice, as arguments \(first) and \(first + option.count)")
    }
    // Changes may be repeated, and a value may look like an option.
    let changes = ["--set", "epochs=2", "--set", "epochs=4"]
    #expect(
      try CommandLine.succeed(arguments: ["check", workspace.config] + changes)
        .contains("epochs: 4"))
  }

  @Test("of another kind")
  func otherKind() throws {
    for command in Self.configCommands {
      try refuse(
        [command, "rows.csv"], "rows.csv: is a table, not a config", "data: {train: {csv: ")
      try refuse([command, "none.yaml"], "none.yaml: no such file")
    }
    for command in Self.runCommands {
      try refuse(command + ["none"], "none: no such folder", "runs/NAME-1")
    }
    try refuse(["inspect", "tiny.yaml"], "neither a safetensors, NPY, NPZ nor IDX file")
    for (arguments, value) in [
      (["train", "tiny.yaml", "--max-steps", "many"], "many"),
      (["train", "tiny.yaml", "--threads", "2.5"], "2.5"),
      (["generate", "run", "--prompt", "a", "--tokens", "x"], "x"),
      (["forecast", "run", "--steps", "x"], "x"), (["playground", "--port", "x"], "x"),
      (["check", "tiny.yaml", "--seed", "99999999999999999999"], "99999999999999999999"),
    ] {
      try refuse(arguments, "The value '\(value)' is invalid")
    }
  }

  @Test("a folder for a file")
  func folderForFile() throws {
    for command in Self.configCommands {
      try refuse([command, "empty"], "empty: is a folder; expected a file")
    }
    for command in ["train", "check"] {
      try refuse([command, "run"], "run: is a run folder; expected a config", "run/config.yaml")
    }
    try refuse(["inspect", "empty"], "empty: is a folder; expected a file")
    try refuse(["train", "tiny.yaml", "--run-dir", "x", "--init", "empty"], "is a folder")
    try refuse(["predict", "run", "--input", "empty"], "empty: ")
    try refuse(["predict", "run", "--input", "rows.csv", "--output", "empty"], "empty: ")
    try refuse(["graph", "tiny.yaml", "--output", "empty"], "empty: ")
    try refuse(["report", "run", "--output", "empty"], "empty: ")
  }

  @Test("a file for a folder")
  func fileForFolder() throws {
    for command in Self.runCommands {
      try refuse(
        command + ["tiny.yaml"], "tiny.yaml: is a file; expected a run folder",
        "nntrain train tiny.yaml")
      try refuse(command + ["rows.csv"], "rows.csv: is a file; expected a run folder")
      try refuse(command + ["empty"], "empty: is no run folder: it holds no ")
    }
    try refuse(["train", "tiny.yaml", "--run-dir", "rows.csv"], "rows.csv: is a file", "--run-dir")
    try refuse(["lesson", "neuron", "--out", "rows.csv"], "rows.csv: is a file", "--out")
  }
}
