import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// Tables and arrays as people have them: from training to predictions.
@Suite("One's own data")
struct OwnDataTests {
  /// A folder with a config that trains a linear model on `train.csv`.
  private func workspace(
    _ table: String, data: String = "", loss: String = "mse", outputs: Int = 1, more: String = ""
  ) throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {csv: train.csv\(data)}
      \(more.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
      model: [{linear: \(outputs)}]
      loss: \(loss)
      optimizer: {sgd: {lr: 0.1}}
      epochs: 200
      checkpoint: {every: 1000}
      """)
    try workspace.folder.write(table, to: "train.csv")
    return workspace
  }

  /// y = 10 a + b.
  private let line =
    "a,b,y\n" + (0..<16).map { "\($0 % 4),\($0 / 4),\($0 % 4 * 10 + $0 / 4)\n" }.joined()

  private func predict(_ workspace: Workspace, _ text: String, _ more: String...) throws -> String {
    let input = try workspace.folder.write(text, to: "new.csv")
    return try CommandLine.succeed(
      arguments: ["predict", workspace.path("run"), "--input", input] + more)
  }

  /// The numbers of the last column.
  private func numbers(_ csv: String) -> [Double] {
    csv.split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: ",").last.flatMap { Double($0) }
    }
  }

  @Test("a text in a numeric target ends with its line, whatever the loss over numbers")
  func textsAmongTargets() throws {
    for loss in ["mse", "l1", "smooth_l1", "huber", "squared_error"] {
      let workspace = try workspace("x,y\n1,2\n2,\"1,000.5\"\n3,4\n", loss: loss)
      try CommandLine.fail(
        ["train", workspace.config, "--run-dir", workspace.path("run")],
        saying: ["train.csv:3: column \"y\": expected a number, found \"1,000.5\"", "1000.5"])
    }
  }

  @Test("columns are found by name; ids pass, outputs have the target's name")
  func columnsByName() throws {
    let workspace = try workspace(line)
    try workspace.train("--quiet")
    let expected = try numbers(predict(workspace, "a,b\n1,2\n3,0\n"))
    #expect(expected.count == 2)
    #expect(zip(expected, [12, 30]).allSatisfy { abs($0 - $1) < 0.5 })
    let swapped = try predict(workspace, "id,b,y,a\n007,2,1,1\n\"x,\"\"y\",0,1,3\n")
    #expect(swapped.hasPrefix("id,y\n007,"))
    #expect(swapped.contains("\n\"x,\"\"y\","))
    #expect(numbers(swapped) == expected)
    try CommandLine.succeed(
      "predict", workspace.path("run"), "--input", workspace.path("new.csv"), "--output",
      workspace.path("out.jsonl"))
    #expect(
      try workspace.folder.text(of: "out.jsonl").hasPrefix(#"{"id": "007", "y": \#(expected[0])}"#))
    try workspace.folder.write("c,d\n1,2\n", to: "new.csv")
    try CommandLine.fail(
      ["predict", workspace.path("run"), "--input", workspace.path("new.csv")],
      saying: ["new.csv: there is no column \"a\", \"b\"", "the columns are: c, d"])
    // A test file by itself is read in the same way.
    try workspace.folder.write("y,b,a\n12,2,1\n30,0,3\n", to: "test.csv")
    let evaluated = try CommandLine.succeed(
      "evaluate", workspace.path("run"), "--data", workspace.path("test.csv"))
    let loss = try #require(evaluated.firstMatch(of: /loss +([\d.e-]+)\n/)?.1)
    #expect(Double(loss).map { $0 < 0.25 } == true, "\(evaluated)")
  }

  @Test("standard input is CSV")
  func standardInput() throws {
    let workspace = try workspace(line)
    try workspace.train("--quiet")
    let expected = try predict(workspace, "b,a\n2,1\n")
    let arguments = ["predict", workspace.path("run"), "--input", "-"]
    let result = try CommandLine.program.run(arguments, input: "b,a\n2,1\n")
    #expect(result.status == 0 && result.standardOutput == expected, "\(result.standardError)")
    let refused = try CommandLine.program.run(arguments, input: "c\n2\n")
    #expect(refused.status == 2)
    #expect(refused.standardError.hasPrefix("error: standard input: there is no column \"a\""))
  }

  @Test("the run's own header counts")
  func header() throws {
    let numeric = try workspace(line.replacing("a,b,y", with: "2019,2020,2021"))
    try numeric.train("--quiet")
    let named = try predict(numeric, "2019,2020\n1,2\n")
    #expect(named.hasPrefix("2021\n") && numbers(named).count == 1)
    let bare = try workspace(
      String(line.dropFirst("a,b,y\n".count)), data: ", header: false")
    try bare.train("--quiet")
    #expect(try numbers(predict(bare, "1,2\n3,0\n")).count == 2)
    try bare.folder.write("1,x\n3,0\n", to: "new.csv")
    try CommandLine.fail(
      ["predict", bare.path("run"), "--input", bare.path("new.csv")],
      saying: ["new.csv:1: column 1: expected a number, found \"x\""])
  }

  @Test("classes have the target's name, line breaks in them are quoted")
  func classes() throws {
    let rows = (0..<30).map { "\($0 % 3),\(["\"a\nb\"", "c", "\"d\r\""][$0 % 3])\n" }.joined()
    let workspace = try workspace("x,kind\n" + rows, loss: "cross_entropy", outputs: 3)
    try workspace.train("--quiet")
    let output = try predict(workspace, "x\n0\n2\n", "--probabilities")
    #expect(output.hasPrefix("kind,\"kind=a\nb\",kind=c,\"kind=d\r\"\n\"a\nb\","))
    #expect(output.contains("\n\"d\r\","))
    // Texts and numbered classes do not mix.
    try workspace.folder.write("x,kind\n1,0\n", to: "test.csv")
    try CommandLine.fail(
      ["evaluate", workspace.path("run"), "--data", workspace.path("test.csv")],
      saying: ["test.csv:2: column \"kind\": class \"0\" is unknown; the classes are"])
  }

  @Test("a network of numbered classes refuses texts")
  func numberedClasses() throws {
    let rows = (0..<20).map { "\($0 % 2),\($0 % 2)\n" }.joined()
    for (loss, outputs) in [("cross_entropy", 2), ("bce_with_logits", 1)] {
      let workspace = try workspace("x,y\n" + rows, loss: loss, outputs: outputs)
      try workspace.train("--quiet")
      try workspace.folder.write("x,y\n0,cat\n1,dog\n", to: "test.csv")
      try CommandLine.fail(
        ["evaluate", workspace.path("run"), "--data", workspace.path("test.csv")],
        saying: ["test.csv:2: column \"y\": expected a", "found \"cat\""])
    }
  }

  @Test("the default batch size adapts to few rows, one that is written does not")
  func batchSize() throws {
    let workspace = try workspace(line)
    try workspace.train("--quiet")
    #expect(try workspace.folder.text(of: "run/config.yaml").contains("batch_size: 16\n"))
    let checked = try CommandLine.succeed("check", workspace.config)
    #expect(checked.contains("batch_size: 16\n"))
    try CommandLine.fail(
      ["check", workspace.config, "--set", "data.batch_size=32"],
      saying: ["batch_size 32 is above the 16 examples"])
  }

  @Test("targets of any size are learnt with normalize_target, metrics stay in their unit")
  func normalizeTarget() throws {
    let rows = (0..<16).map { "\(Double($0) / 16),\(293 + 20 * $0 + 14 * ($0 % 2))\n" }.joined()
    let workspace = try workspace(
      "x,price\n" + rows,
      more: "test: {csv: train.csv}\nnormalize: standard\nnormalize_target: standard\n")
    let text = try workspace.folder.text(of: "tiny.yaml") + "\nmetrics: [mae]\n"
    try workspace.folder.write(text, to: "tiny.yaml")
    let output = try workspace.train()
    let figures = try #require(output.firstMatch(of: /test: loss ([\d.e-]+), mae ([\d.e-]+)/))
    let (loss, mae) = (Double(figures.1) ?? .nan, Double(figures.2) ?? .nan)
    // Residuals are ±7 around a line, targets deviate by 92.
    #expect((0.004...0.008).contains(loss) && (6...8).contains(mae), "\(output)")
    let found = try numbers(predict(workspace, "x\n0.5\n"))
    #expect(found.count == 1 && abs(found[0] - 460) < 15, "\(found)")
    // The scale is part of the model, and later evaluations are the same.
    let evaluated = try CommandLine.succeed("evaluate", workspace.path("run"))
    let again = try #require(evaluated.firstMatch(of: /loss +([\d.e-]+)\nmae +([\d.e-]+)\n/))
    #expect(abs((Double(again.1) ?? .nan) - loss) < 1e-4)
    #expect(abs((Double(again.2) ?? .nan) - mae) < 1e-2)
    try CommandLine.fail(
      ["check", workspace.config, "--set", "loss=bce_with_logits", "--set", "metrics=[]"],
      saying: ["`normalize_target` scales numbers to be predicted"])
  }

  @Test("classes without training rows are a warning")
  func unlearntClass() throws {
    let rows = (0..<20).map { "\($0),\($0 % 2)\n" }.joined()
    let workspace = try workspace(
      "x,y\n" + rows, loss: "cross_entropy", outputs: 3, more: "test: {csv: test.csv}\n")
    try workspace.folder.write("x,y\n1,0\n2,2\n", to: "test.csv")
    let result = try CommandLine.program.run(["check", workspace.config])
    #expect(result.status == 0)
    #expect(
      result.standardError.contains(
        "warning: data: class 2 of the test data has no training rows\n"))
  }

  @Test("a data file in place of a config: one line and a way to begin")
  func tableAsConfig() throws {
    let workspace = try workspace(line)
    for (name, kind) in [("train.csv", "a table"), ("train.npz", "a file of arrays")] {
      let error = try CommandLine.fail(
        ["train", workspace.path(name)], saying: ["is \(kind), not a config", "model, loss"])
      #expect(error.count < 400)
    }
    try workspace.folder.write(line, to: "table.txt")
    let error = try CommandLine.fail(
      ["train", workspace.path("table.txt")], saying: ["expects a mapping with `data`"])
    #expect(error.count < 400)
  }

  @Test("the suggested commands work")
  func next() throws {
    let workspace = try workspace(line)
    let output = try workspace.train()
    #expect(!output.contains("nntrain evaluate"))
    #expect(output.hasSuffix("next:\n  nntrain predict \(workspace.path("run")) --input FILE\n"))
  }

  @Test("a byte order mark before a config is no part of it")
  func byteOrderMark() throws {
    let workspace = try workspace(line)
    let text = try workspace.folder.text(of: "tiny.yaml")
    try workspace.folder.write("\u{FEFF}" + text, to: "tiny.yaml")
    try CommandLine.succeed("check", workspace.config)
  }

  @Test("options of tables are checked")
  func options() throws {
    let table = line.replacing(",", with: ";")
    let workspace = try workspace(table, data: ", delimiter: ';', decimal: ',', missing: ['-9']")
    let checked = try CommandLine.succeed("check", workspace.config)
    #expect(checked.contains("delimiter: ;\n") || checked.contains("delimiter: \";\"\n"))
    try CommandLine.fail(
      ["check", workspace.config, "--set", "data.train.delimiter=\",\""],
      saying: ["a comma cannot be both the decimal mark and the delimiter"])
    try CommandLine.fail(
      ["check", workspace.config, "--set", "data.train.delimiter=x"], saying: ["`delimiter`"])
  }

  @Test("padding and ignore_index: the message names the option")
  func ignoredTokens() throws {
    let workspace = try Workspace(
      """
      data: {train: {text: t.txt, context: 8, overlap: 2}, batch_size: 2}
      model: [{embedding: 4}, {linear: vocabulary}]
      loss: {cross_entropy: {ignore_index: 3}}
      optimizer: {sgd: {lr: 0.1}}
      """)
    try workspace.folder.write("abcabcabcabcabcabcabcabc", to: "t.txt")
    try CommandLine.fail(
      ["check", workspace.config],
      saying: ["-100", "`cross_entropy` has ignore_index 3", "leave ignore_index out"])
  }
}
