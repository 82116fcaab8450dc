import Foundation
import NNFormats
import NNTestSupport
import Testing

/// Texts as inputs: from training to predictions.
@Suite("Commands on texts")
struct TextCommandTests {
  /// Sentences whose class follows from one of their words, with an id.
  private static func reviews(_ count: Int, from first: Int = 0) -> [(text: String, label: String)]
  {
    let words = [
      "good": ["good", "great", "fine", "lovely"], "bad": ["bad", "poor", "awful", "dull"],
    ]
    let fillers = ["film", "story", "music", "cast", "plot", "scene"]
    return (first..<first + count).map { index in
      let label = index * 7 % 3 == 0 ? "bad" : "good"
      let judgement = words[label]?[index * 5 % 4] ?? ""
      let others = (0..<3 + index % 4).map { fillers[(index * 3 + $0 * $0) % fillers.count] }
      var sentence = others.map { "the \($0)" }
      sentence.insert("is \(judgement)", at: index % sentence.count)
      return (sentence.joined(separator: " "), label)
    }
  }

  private static func table(_ rows: [(text: String, label: String)]) -> String {
    "id,review,label\n"
      + rows.enumerated().map { "\($0),\"\($1.text)\",\($1.label)\n" }.joined()
  }

  private func workspace(_ head: String = "[{embedding: 16}, {pool_steps: mean}, {linear: 2}]")
    throws -> Workspace
  {
    let workspace = try Workspace(
      """
      data:
        train: {csv: train.csv, target: label, text: review}
        validation: {split: 0.2}
        test: {csv: test.csv, target: label, text: review}
        batch_size: 16
      model: \(head)
      loss: cross_entropy
      optimizer: {adam: {lr: 0.05}}
      metrics: [accuracy]
      epochs: 12
      checkpoint: {every: 3, interval: step}
      """)
    try workspace.folder.write(Self.table(Self.reviews(120)), to: "train.csv")
    try workspace.folder.write(Self.table(Self.reviews(40, from: 500)), to: "test.csv")
    return workspace
  }

  @Test("a column of texts is learnt, evaluated and predicted; what is not read is noted")
  func trains() throws {
    let workspace = try workspace()
    let trained = try CommandLine.program.run(workspace.arguments())
    #expect(trained.status == 0, "\(trained.standardError)")
    #expect(trained.standardOutput.contains(/test: loss [\d.e-]+, accuracy 1(\.0+)?\n/))
    let note = "\(workspace.path("train.csv")): columns next to the texts, not read (id): 1"
    #expect(trained.standardError.contains("note: training data: \(note)\n"))
    #expect(try workspace.folder.text(of: "run/data.json").contains("not read (id)"))
    #expect(try workspace.folder.text(of: "run/tokenizer.json").contains("\"leading_space\": true"))
    #expect(!workspace.folder.contains("run/target_tokenizer.json"))
    // The report shows the confusion of classes and the worst texts as texts.
    let report = try workspace.folder.text(of: "run/report.html")
    #expect(report.contains("Confusion matrix") && report.contains(">text</th>"))

    let evaluated = try CommandLine.program.run(["evaluate", workspace.path("run")])
    #expect(evaluated.standardOutput.contains(/accuracy +1(\.0+)?\n/))
    // A table with other columns and another order, and no options of its own.
    try workspace.folder.write("label,review\ngood,a great story\nbad,awful\n", to: "other.csv")
    let other = try CommandLine.program.run(
      ["evaluate", workspace.path("run"), "--data", workspace.path("other.csv")])
    #expect(other.status == 0 && other.standardOutput.contains(/rows +2\n/), "\(other)")
  }

  @Test("lines, standard input, tables and folders are predicted")
  func predicts() throws {
    let workspace = try workspace()
    #expect(try CommandLine.program.run(workspace.arguments()).status == 0)
    try workspace.folder.write("the plot is dull\nThe story is GREAT\n", to: "lines.txt")
    /// The classes, with the column before them where there is one.
    func classes(_ input: String, standardInput: String = "") throws -> [String] {
      let result = try CommandLine.program.run(
        ["predict", workspace.path("run"), "--input", input], input: standardInput)
      #expect(result.status == 0, "\(result.standardError)")
      return result.standardOutput.split(separator: "\n").map { line in
        line.split(separator: ",").prefix(2).filter { Double($0) == nil || $0.count < 3 }
          .joined(separator: ",")
      }
    }
    let lines = try classes(workspace.path("lines.txt"))
    #expect(lines == ["label,label=bad", "bad", "good"])
    #expect(try classes("-", standardInput: "the cast is lovely\n") == ["label,label=bad", "good"])
    try workspace.folder.write("id,review\n8,the plot is dull\n9,is fine\n", to: "new.csv")
    #expect(try classes(workspace.path("new.csv")) == ["id,label", "8,bad", "9,good"])
    try workspace.folder.write("the music is poor", to: "texts/a.txt")
    #expect(try classes(workspace.path("texts")) == ["file,label", "a.txt,bad"])
    let run = workspace.path("run")
    try workspace.folder.write("fine\n\n", to: "gap.txt")
    try CommandLine.fail(
      ["predict", run, "--input", workspace.path("gap.txt")],
      saying: ["gap.txt:2", "the text is empty", "`empty: unknown`"])
    try CommandLine.fail(
      ["predict", run, "--input", workspace.path("none.txt")], saying: ["none.txt: no such file"])
    try workspace.folder.write("words\nfine\n", to: "wrong.csv")
    try CommandLine.fail(
      ["predict", run, "--input", workspace.path("wrong.csv")],
      saying: ["wrong.csv", "there is no column \"review\", which the training data have"])
    try CommandLine.fail(
      ["generate", run, "--prompt", "a"], saying: ["was trained on", "which is not a text"])
  }

  @Test("a run that was interrupted in the middle of an epoch ends with the same bits")
  func resumes() throws {
    let workspace = try workspace()
    #expect(try CommandLine.program.run(workspace.arguments()).status == 0)
    let part = try CommandLine.program.run(
      workspace.arguments(["--max-steps", "16"], run: "part"))
    #expect(part.status == 0, "\(part.standardError)")
    let rest = try CommandLine.program.run(workspace.arguments(["--resume"], run: "part"))
    #expect(rest.status == 0, "\(rest.standardError)")
    #expect(try workspace.weights() == workspace.weights(of: "part"))
  }

  @Test(
    "recurrent networks and transformers read texts of several lengths",
    arguments: [
      "[{embedding: 16}, {lstm: {hidden_size: 16, return: last}}, {linear: 2}]",
      "[{embedding: 16}, {gru: {hidden_size: 8, bidirectional: true, return: last}}, {linear: 2}]",
      "[{embedding: 16}, sinusoidal_positions, {transformer_encoder: {num_layers: 1, nhead: 2, "
        + "dim_feedforward: 16, dropout: 0}}, {pool_steps: max}, {linear: 2}]",
    ])
  func otherNetworks(model: String) throws {
    let workspace = try workspace(model)
    let result = try CommandLine.program.run(
      workspace.arguments(["--set", "optimizer.adam.lr=0.02", "--no-report"]))
    #expect(result.status == 0, "\(result.standardError)")
    #expect(
      result.standardOutput.contains(/test: loss [\d.e-]+, accuracy (1(\.0+)?|0\.9\d*)\n/),
      "\(result.standardOutput)")
  }

  @Test("folders of texts")
  func folders() throws {
    let workspace = try Workspace(
      """
      data: {train: {text_folder: {path: train}}, test: {text_folder: {path: test}}, batch_size: 16}
      model: [{embedding: 16}, {pool_steps: mean}, {linear: 2}]
      loss: cross_entropy
      optimizer: {adam: {lr: 0.05}}
      metrics: [accuracy]
      epochs: 12
      """)
    for (index, row) in Self.reviews(60).enumerated() {
      try workspace.folder.write(row.text, to: "train/\(row.label)/\(index).txt")
    }
    for (index, row) in Self.reviews(20, from: 300).enumerated() {
      try workspace.folder.write(row.text, to: "test/\(row.label)/\(index).txt")
    }
    let trained = try CommandLine.program.run(workspace.arguments(["--no-report"]))
    #expect(trained.status == 0, "\(trained.standardError)")
    #expect(trained.standardOutput.contains(/test: loss [\d.e-]+, accuracy 1(\.0+)?\n/))
    let again = try CommandLine.program.run(
      ["evaluate", workspace.path("run"), "--data", workspace.path("train")])
    #expect(again.standardOutput.contains(/rows +60\n/), "\(again)")
    try workspace.folder.write(Data([0xFF]), to: "train/good/x.txt")
    try CommandLine.fail(
      workspace.arguments(run: "other"),
      saying: ["1 of 61 files cannot be read as texts", "good/x.txt: not UTF-8 at byte 0"])
  }

  // MARK: init

  @Test("init reads a column of sentences as text and trains on it")
  func initializes() throws {
    let folder = try TemporaryFolder()
    let rows = Self.reviews(240)
    try folder.write(
      "stars,review,label\n"
        + rows.enumerated().map { "\($0 % 5),\"\($1.text) number \($0)\",\($1.label)\n" }.joined(),
      to: "t.csv")
    let output = try CommandLine.succeed("init", "t.csv", in: folder.path)
    #expect(output.contains("240 rows, texts of review; predicts label: one of 2 classes"))
    #expect(output.contains("left out: the network reads the texts alone"))
    let config = try folder.text(of: "t.yaml")
    for part in [
      "text: {column: review}", "# left out: stars: the network reads the texts alone",
      "- pool_steps: mean", "loss: cross_entropy",
    ] { #expect(config.contains(part), "\(config)") }
    #expect(!config.contains("normalize") && !config.contains("exclude"))
    let result = try CommandLine.program.run(
      ["train", "t.yaml", "--run-dir", "run", "--no-report"], in: folder.path)
    #expect(result.status == 0, "\(result.standardError)")
    let table = try folder.text(of: "run/metrics.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    let column = try #require(table.first?.firstIndex(of: "val_accuracy"))
    let best = table.dropFirst().compactMap { Double($0[column]) }.max() ?? 0
    #expect(best >= 0.95)
  }

  @Test("init keeps a table with names; few texts are all their words")
  func namesAreNoTexts() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "name,age,kind\n"
        + (0..<20).map { "Ann Bee C\($0),\($0 * 7 % 13),\($0 % 2 == 0 ? "u" : "v")\n" }.joined(),
      to: "t.csv")
    try CommandLine.succeed("init", "t.csv", "--quiet", in: folder.path)
    let table = try folder.text(of: "t.yaml")
    #expect(table.contains("# left out: name: texts that hardly repeat"))
    #expect(!table.contains("text:"))
    try folder.write(
      "review,score\n"
        + Self.reviews(20).enumerated().map { "\($1.text) \($0),\(Double($0) / 3)\n" }.joined()
        + ",1.25\n", to: "few.csv")
    try CommandLine.succeed("init", "few.csv", "--quiet", in: folder.path)
    let few = try folder.text(of: "few.yaml")
    #expect(few.contains("text: {column: review, min_count: 1, empty: unknown}"), "\(few)")
    #expect(few.contains("normalize_target: standard") && few.contains("loss: mse"))
  }
}
