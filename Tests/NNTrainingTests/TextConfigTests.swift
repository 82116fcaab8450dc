import NNCore
import NNData
import NNLayers
import NNTestSupport
import NNText
import NNTraining
import Testing

/// How a config names texts that are inputs, and what a run keeps of them.
@Suite("Config: texts as inputs") struct TextConfigTests {
  private static func config(_ train: String, _ overrides: [String] = []) throws -> Config {
    try Config(
      yaml: """
        data: {train: \(train)}
        model: [{embedding: 4}, {pool_steps: mean}, {linear: 2}]
        loss: cross_entropy
        optimizer: adam
        """, folder: "/data", overrides: overrides)
  }

  private static func table(_ tokens: TextTokens = TextTokens()) -> DataSource {
    var source = TableSource(file: "/data/a.csv", targets: ["y"])
    source.text = TextColumn("t", tokens: tokens)
    return .table(source)
  }

  @Test("a column alone, or with its tokens, wherever it is written")
  func columns() throws {
    let all = TextTokens(
      level: .word(vocabularySize: 90, minimumCount: 3), lowercase: false, maxLength: 40,
      empty: .unknown)
    let cases: [(String, DataSource)] = [
      ("{csv: a.csv, target: y, text: t}", Self.table()),
      ("{text: t, target: y, csv: a.csv}", Self.table()),
      ("{csv: {csv: a.csv, target: y, text: t}}", Self.table()),
      (
        "{csv: a.csv, target: y, text: {column: t, level: word, vocabulary_size: 90, min_count: 3, "
          + "lowercase: false, max_length: 40, empty: unknown}}", Self.table(all)
      ),
      (
        "{csv: a.csv, target: y, text: {column: t, level: char}}",
        Self.table(TextTokens(level: .character))
      ),
      (
        "{csv: a.csv, target: y, text: {column: t, level: bpe, merges: 5}}",
        Self.table(TextTokens(level: .bytePair(merges: 5)))
      ),
    ]
    for (text, expected) in cases {
      let config = try Self.config(text)
      #expect(try config.makeTrainSource() == expected, "\(text)")
      #expect(try Config(yaml: config.resolvedYAML) == config, "\(config.resolvedYAML)")
    }
    // A text of a language is still a source of its own.
    guard case .text = try Self.config("{text: a.txt}").makeTrainSource() else {
      Issue.record("expected a text for language modelling")
      return
    }
    var several = TableSource(
      file: "/data/a.csv", targets: ["y"], features: ["a", "b"],
      columns: ["b": ColumnOptions(encode: .embedding)])
    several.text = TextColumn("t")
    let next = try Self.config(
      "{csv: a.csv, target: y, text: t, features: [a, b], columns: {b: {encode: embedding}}}")
    #expect(try next.makeTrainSource() == .table(several))
    #expect(try Config(yaml: next.resolvedYAML) == next, "\(next.resolvedYAML)")
    var numbered = TableSource(file: "/data/a.jsonl", kind: .jsonl)
    numbered.text = TextColumn(.index(2))
    #expect(try Self.config("{jsonl: a.jsonl, text: 2}").makeTrainSource() == .table(numbered))
  }

  @Test(
    "mistakes are named with their place",
    arguments: [
      ("{csv: a.csv, text: t, exclude: a}", "leave `exclude` out"),
      ("{csv: a.csv, text: t, features: [a], exclude: b}", "leave `exclude` out"),
      (
        "{csv: a.csv, text: t, columns: {a: category}}",
        "next to `text` the columns of `features` alone are inputs"
      ),
      ("{csv: a.csv, text: {level: word}}", "`text` needs `column`"),
      ("{csv: a.csv, text: {column: t, level: letter}}", "`level` expects `char`, `word` or `bpe`"),
      ("{csv: a.csv, text: {column: t, min_count: 0}}", "`min_count` expects an integer ≥ 1"),
      ("{csv: a.csv, text: {column: t, merges: 3}}", "it is an option only with `level: bpe`"),
      ("{csv: a.csv, text: {column: t, empty: skip}}", "`empty` expects `error` or `unknown`"),
      ("{libsvm: a.svm, text: t}", "libsvm has no option `text`"),
      ("{text_folder: {level: word}}", "text_folder needs `path`"),
      ("{text_folder: {path: t, max_length: 0}}", "`max_length` expects an integer ≥ 1"),
    ])
  func mistakes(train: String, message: String) {
    expectError(message, "config.yaml:1:") { _ = try Self.config(train) }
  }

  @Test("tokens of a trained network cannot be changed on the command line")
  func fixedTokens() throws {
    let encoding = DataEncoding(tokenizers: try tokenizers())
    for option in ["level: word", "min_count: 1", "lowercase: false"] {
      expectError("is fixed: the run's own tokenizers are used") {
        _ = try Config.dataSource(
          from: "{csv: a.csv, text: {column: t, \(option)}}", encoding: encoding)
      }
    }
    _ = try Config.dataSource(from: "{csv: a.csv, text: t}", encoding: encoding)
  }

  private func tokenizers() throws -> TokenizerPair {
    let folder = try TemporaryFolder()
    var source = TableSource(file: try folder.write("t,y\na a,0\na,1\n", to: "t.csv"))
    source.text = TextColumn("t")
    return try #require(try DataSource.table(source).load().tokenizers)
  }

  @Test("a run fits tokens to its training rows, keeps them, and predicts texts with them")
  func run() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map { row in
      "\(row.isMultiple(of: 2) ? "good film \(row % 5)" : "bad film \(row % 5)"),\(row % 2)"
    }
    try folder.write("t,y\n" + rows.joined(separator: "\n") + "\n", to: "a.csv")
    let config = try Config(
      yaml: """
        data: {train: {csv: a.csv, text: t}, validation: {split: 0.25}, batch_size: 8}
        model: [{embedding: 8}, {pool_steps: mean}, {linear: 2}]
        loss: cross_entropy
        optimizer: {adam: {lr: 0.05}}
        metrics: [accuracy]
        epochs: 20
        """, folder: folder.path)
    _ = try TrainingRun(config: config, folder: RunFolder(folder.path("run"))).run()
    let model = try TrainedModel(folder: RunFolder(folder.path("run")))
    #expect(model.encoding.readsTexts && model.encoding.textLength == 3)
    #expect(model.encoding.featureNames == ["t"] && !folder.contains("run/target_tokenizer.json"))
    let tokenizer = try #require(model.encoding.tokenizers?.input)
    #expect(
      model.signature.vocabulary == VocabularySizes(input: tokenizer.vocabularySize, output: 2))
    let lines = try folder.write("a good film\nbad\n", to: "lines.txt")
    let inputs = try PredictionInput.rows(
      lines, as: model.recordedConfig().makeTrainSource(), known: model.encoding)
    let predictor = try Predictor(model)
    #expect(try predictor.classes(of: predictor.predict(inputs.namedInputs)) == [0, 1])
    expectError("which is not a text") { _ = try TextGenerator(model) }
    expectError("different tokens, and the embedding has vectors for 5", "`vocabulary_size: 5`") {
      var small = config
      small.model[0].component.options = [
        ConfigOption("embedding_dim", .integer(8)), ConfigOption("num_embeddings", .integer(5)),
        ConfigOption("padding_idx", .null), ConfigOption("weight_init", .null),
      ]
      _ = try RunData(small)
    }
  }
}
