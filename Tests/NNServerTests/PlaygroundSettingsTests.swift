import NNServer
import NNTestSupport
import NeuralNet
import Testing

/// The settings that a page may send, and the error messages.
@Suite struct PlaygroundSettingsTests {
  private func settings(_ json: String) throws -> PlaygroundSettings {
    try PlaygroundSettings(json: Array(json.utf8))
  }

  @Test func emptySettingsAreTheDefaults() throws {
    #expect(try settings("{}") == PlaygroundSettings())
    #expect(try settings(#"{"features": null, "noise": null}"#) == PlaygroundSettings())
  }

  @Test func everythingIsRead() throws {
    let json = """
      {"source": "csv", "samples": 40, "noise": 0.5, "classes": 4, "table": "a", "task": "numbers",
       "train_share": 0.9, "features": ["sin_x", "y"], "hidden": [16, 1, 1, 1, 1, 1],
       "activation": "leaky_relu", "loss": "l1", "optimizer": "momentum", "learning_rate": 10,
       "batch_size": 1e2, "l1_penalty": 10, "weight_decay": 1e-3, "dropout": 0.9,
       "seed": 2147483647}
      """
    let expected = PlaygroundSettings {
      ($0.source, $0.samples, $0.noise, $0.classes, $0.table) = (.csv, 40, 0.5, 4, "a")
      ($0.task, $0.trainShare, $0.features) = (.regression, 0.9, [.sineOfX, .y])
      ($0.hidden, $0.activation, $0.loss) = ([16, 1, 1, 1, 1, 1], .leakyReLU, .absoluteError)
      ($0.optimizer, $0.learningRate, $0.batchSize) = (.momentum, 10, 100)
      ($0.weightDecay, $0.seed) = (0.001, 2_147_483_647)
      ($0.l1Penalty, $0.dropout) = (10, 0.9)
    }
    #expect(try settings(json) == expected)
  }

  @Test(
    arguments: [
      ("", "expected a value"), ("{", "a name in quotes"), ("[]", "expects a JSON object"),
      (#"{"seed": 1, "seed": 2}"#, "appears twice"),
      (#"{"samples": 19}"#, "`samples` expects an integer from 20 to 1000, gets 19"),
      (#"{"samples": 20.5}"#, "gets 20.5"), (#"{"samples": "many"}"#, #"gets "many""#),
      (#"{"samples": 1e999}"#, "gets 1e999"),
      (#"{"learning_rate": 0}"#, "`learning_rate` expects a number from 1e-06 to 10.0"),
      (#"{"learning_rate": -1}"#, "gets -1"), (#"{"noise": 0.51}"#, "from 0.0 to 0.5"),
      (#"{"l1_penalty": -0.1}"#, "`l1_penalty` expects a number from 0.0 to 10.0, gets -0.1"),
      (#"{"weight_decay": 11}"#, "`weight_decay` expects a number from 0.0 to 10.0, gets 11"),
      (#"{"dropout": 1}"#, "`dropout` expects a number from 0.0 to 0.9, gets 1"),
      (#"{"dropout": "half"}"#, #"gets "half""#),
      (#"{"source": "circle"}"#, "`circles`, `xor`, `spirals`"),
      (#"{"features": []}"#, "at least one"), (#"{"features": ["x", "x"]}"#, "a list of 2"),
      (#"{"features": ["z"]}"#, "`x_squared`"), (#"{"features": "x"}"#, #"gets "x""#),
      (#"{"hidden": [1,1,1,1,1,1,1]}"#, "at most 6 integers, each from 1 to 16"),
      (#"{"hidden": [17]}"#, "a list of 1"), (#"{"hidden": [0]}"#, "each from 1 to 16"),
      (#"{"layers": 2}"#, "there is no `layers`"), (#"{"loss": true}"#, "gets true"),
      (#"{"seed": -1}"#, "from 0 to 2147483647"), (#"{"activation": {}}"#, "gets an object"),
    ])
  func invalidOnesAreReported(json: String, message: String) {
    expectError(message) { _ = try settings(json) }
  }

  @Test func allErrorsAreReportedTogether() {
    expectError("`samples`", "`seed`", "no `x`") {
      _ = try settings(#"{"samples": 1, "x": 0, "seed": "a"}"#)
    }
  }

  @Test func messagesTruncateTheInput() {
    let long = String(repeating: "<b>", count: 5000)
    let error = #expect(throws: NNError.self) { _ = try settings("{\"source\": \"\(long)\"}") }
    #expect((error?.message.utf8.count ?? 0) < 300)
    expectError("`table` expects a text of at most 200000 bytes, gets a text of 200001 bytes") {
      _ = try settings("{\"table\": \"\(String(repeating: "1", count: 200_001))\"}")
    }
  }

  // MARK: - Tables

  private func table(
    _ text: String, change: (inout PlaygroundSettings) -> Void = { _ in }
  ) throws -> PlaygroundExperiment {
    try PlaygroundExperiment(
      PlaygroundSettings {
        ($0.source, $0.table, $0.batchSize) = (.csv, text, 2)
        change(&$0)
      })
  }

  private static let lines = (0..<12).map { "\($0),\(20 - $0),\($0 % 2)" }

  @Test(arguments: ["width,height,kind\n", "", "\u{FEFF}a b,\"c, d\",e\n"])
  func aHeaderIsOptional(header: String) throws {
    let points = try table(PlaygroundSettings.table(Self.lines, header: header)).points
    #expect(points.dataset.count == 12)
    #expect(points.classCount == 2)
    // From 0 to 11, and from 20 down to 9: the middle at 0, the ends at ±2.5.
    for (row, sign) in [(0, 1.0), (11, -1.0)] {
      #expect(abs(points.staged[row].x + sign * 2.5) < 1e-12)
      #expect(abs(points.staged[row].y - sign * 2.5) < 1e-12)
    }
  }

  @Test func tabsSeparate() throws {
    let text = PlaygroundSettings.table(Self.lines, header: "").map { $0 == "," ? "\t" : $0 }
    #expect(try table(String(text)).points.dataset.count == 12)
  }

  @Test func wordsAreClasses() throws {
    let experiment = try table(PlaygroundSettings.pets)
    #expect(experiment.points.dataset.classNames == ["a, \"dog\"", "cat"])
    #expect(experiment.table?.contains("\"a, \"\"dog\"\"\"\n") == true)
  }

  @Test func oneValueInAColumnIsAllowed() throws {
    let text = PlaygroundSettings.table((0..<12).map { "5,\($0),\($0 % 2)" }, header: "")
    let points = try table(text).points
    #expect(points.staged.allSatisfy { $0.x == 0 })
  }

  @Test(
    arguments: [
      ("", "the table is empty"), ("\n\n", "the table is empty"), ("1\n2\n", "found 1"),
      ("1,2,3,4\n", "expected 2 or 3 columns"), ("a;b;c\n1;2;3\n", "found 1"),
      ("1,2,0\n1,2\n", "expected 3 fields as in the first row, found 2"),
      ("x,y,c\n1,a,0\n", "expected a number, found \"a\""), ("x,y,c\n1,,0\n", "missing"),
      ("x,y,c\n1,inf,0\n", "finite"), ("x,y,c\n1,\"2,0\n", "quote is not closed"),
      ("1,2,0\n3,4,1\n", "expected 10 to 2000 rows, found 2"),
      (
        PlaygroundSettings.table((0..<12).map { "\($0),1,\($0)" }),
        "expected 2 to 5 classes, found 12"
      ),
      (
        PlaygroundSettings.table((0..<12).map { "\($0),1,\(1 + $0 % 2)" }), "no row has the class 0"
      ),
      (PlaygroundSettings.table((0..<12).map { "\($0),1,0" }), "found 1"),
    ])
  func invalidTablesAreReported(text: String, message: String) {
    expectError("your table", message) { _ = try table(text) }
  }

  @Test func tooManyRowsAreReported() {
    expectError("expected 10 to 2000 rows, found 2001") {
      _ = try table(PlaygroundSettings.table((0..<2001).map { "\($0),1,\($0 % 2)" }))
    }
  }

  @Test func hugeNumbersDoNotOverflow() throws {
    let text = PlaygroundSettings.table(
      (0..<12).map { "\($0 % 2 == 0 ? "-" : "")1e308,\($0),\($0 % 2)" }, header: "")
    let points = try table(text).points
    #expect(points.staged.allSatisfy { abs(abs($0.x) - 2.5) < 1e-9 })
  }
}
