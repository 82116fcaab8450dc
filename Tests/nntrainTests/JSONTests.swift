import Foundation
import NNTestSupport
import Testing

@Suite("JSON of tables")
struct JSONTests {
  /// Runs a command with `--json` and reads its whole output as one document.
  private func document(_ arguments: String...) throws -> FixtureOption {
    try FixtureOption(json: CommandLine.succeed(arguments: arguments + ["--json"]))
  }

  @Test("summary: layers and totals")
  func summary() throws {
    let workspace = try Workspace.images()
    let document = try document("summary", workspace.config)
    let layers = try #require(document["layers"]?.list)
    #expect(layers.count == 9)
    #expect(layers[0]["path"]?.text == "0")
    #expect(layers[0]["output_shape"]?.list?.map(\.integer) == [5, 9, 9])
    #expect(layers[0]["parameters"]?.integer == 50)
    #expect(layers[4]["multiply_adds"]?.integer == 1260)
    #expect(document["parameters"]?.integer == 469)
    #expect(document["multiply_adds"]?.integer == 4989)
    #expect(document["batch_size"]?.integer == 16)
    for name in ["state_bytes", "arena_bytes", "batch_bytes"] {
      #expect((document[name]?.integer ?? 0) > 0, "\(name)")
    }
  }

  @Test("evaluate: exact figures and counts of each confusion matrix")
  func evaluate() throws {
    let text = Workspace.circles.replacing("[accuracy]", with: "[accuracy, confusion_matrix]")
    let workspace = try Workspace(text)
    try workspace.train("--quiet")
    let run = workspace.path("run")
    let document = try document("evaluate", run)
    let test = try FixtureOption(json: workspace.folder.text(of: "run/test.json"))
    #expect(document["rows"]?.integer == 50)
    #expect(document["figures"]?["loss"]?.number == test["loss"]?.number)
    let accuracy = try #require(document["figures"]?["accuracy"]?.number)
    let matrix = try #require(document["confusion_matrices"]?.list?.first)
    let counts = try #require(matrix["counts"]?.list).map { row in
      (row.list ?? []).compactMap(\.integer)
    }
    #expect(matrix["classes"]?.list?.map(\.text) == ["0", "1"])
    #expect(counts.joined().reduce(0, +) == 50)
    let right = counts[0][0] + counts[1][1]
    #expect(Double(right) / 50 == accuracy)
    #expect(document["warnings"]?.list?.count == 0)
  }

  @Test("gradcheck: a verdict for each parameter tensor")
  func gradcheck() throws {
    let workspace = try Workspace()
    let document = try document("gradcheck", workspace.config)
    let rows = try #require(document["parameters"]?.list)
    #expect(rows.map { $0["name"]?.text } == ["0.weight", "0.bias", "3.weight", "3.bias"])
    #expect(rows[0]["shape"]?.list?.map(\.integer) == [16, 2])
    #expect(
      rows.allSatisfy { $0["passed"]?.boolean == true } && document["passed"]?.boolean == true)
    #expect((rows[0]["largest_gradient"]?.number ?? 0) > 0)
  }

  @Test("inspect: arrays and metadata as in the file")
  func inspect() throws {
    let workspace = try Workspace()
    try workspace.train("--quiet")
    let document = try document("inspect", workspace.path("run/model.safetensors"))
    #expect(document["format"]?.text == "safetensors")
    let arrays = try #require(document["arrays"]?.list)
    #expect(arrays.map { $0["name"]?.text } == ["0.bias", "0.weight", "3.bias", "3.weight"])
    #expect(arrays[1]["type"]?.text == "float32")
    #expect(arrays[1]["elements"]?.integer == 32 && arrays[1]["bytes"]?.integer == 128)
    #expect(document["metadata"]?["format"]?.text == "pt")
    #expect(document["metadata"]?["config"]?.text?.contains("\n") == true)
  }

  @Test("doctor and datasets: the contents of their tables")
  func machine() throws {
    let doctor = try document("doctor", "--threads", "1")
    #expect(doctor["threads"]?.integer == 1 && doctor["threads_reason"]?.text == "--threads 1")
    let products = try #require(doctor["products"]?.list)
    #expect(products.map { $0["dtype"]?.text } == ["float32", "float64"])
    #expect(products.allSatisfy { ($0["gflops_one_thread"]?.number ?? 0) > 0.1 })
    let datasets = try #require(document("datasets")["datasets"]?.list)
    let xor = try #require(datasets.first { $0["name"]?.text == "xor" })
    #expect(xor["rows"]?.integer == 4 && xor["classes"]?.integer == 2)
    #expect(datasets.first { $0["name"]?.text == "sine" }?["classes"]?.integer == nil)
  }

  @Test("check: the config with every default")
  func check() throws {
    let workspace = try Workspace()
    let document = try document("check", workspace.config)
    let config = try #require(document["config"])
    #expect(config["name"]?.text == "tiny" && config["epochs"]?.integer == 3)
    #expect(config["data"]?["validation"]?["split"]?.number == 0.2)
    #expect(config["model"]?.list?.count == 4)
    #expect(document["warnings"]?.list?.count == 0)
  }

  @Test("an error stays an error on standard error")
  func errors() throws {
    try CommandLine.fail(["summary", "none.yaml", "--json"], saying: ["no such file"])
  }
}
