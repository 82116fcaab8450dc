import Foundation
import NNCore
import NNData
import NNTestSupport
import NNText
import NNTraining
import Testing

/// Encoder–decoders, from pairs of texts to translations and their scores.
@Suite struct TranslationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Trains on reversing two words; `article` comes before each word of a translation.
  private func translationRun(
    _ encoder: String, _ decoder: String, article: String = "", settings: [String] = []
  ) throws -> TrainingRun {
    let words = ["one uno", "two dos", "six seis", "ten diez", "red rojo"].map {
      let word = $0.split(separator: " ")
      return [String(word[0]), article + word[1]]
    }
    var lines: [String] = []
    for (i, a) in words.enumerated() {
      lines.append("\(a[0])\t\(a[1])")
      for (j, b) in words.enumerated() where i != j {
        lines.append("\(a[0]) \(b[0])\t\(b[1]) \(a[1])")
      }
    }
    try folder.write(lines.joined(separator: "\n"), to: "pairs.tsv")
    let config = try Config(
      yaml: """
        name: numbers
        seed: 5
        data:
          train: {pairs: \(folder.path)/pairs.tsv, level: word}
          batch_size: 5
        model:
          - encoder_decoder:
              encoder: [\(encoder)]
              decoder: [\(decoder), {linear: vocabulary}]
        loss: cross_entropy
        optimizer: {adam: {lr: 0.01}}
        clip_grad_norm: 1.0
        epochs: 80
        """, source: "numbers.yaml", overrides: settings)
    let run = try TrainingRun(
      config: config, folder: RunFolder("\(folder.path)/run-\(encoder.count)"))
    _ = try run.run()
    return run
  }

  private static let networks = [
    (
      "{embedding: 24}, sinusoidal_positions, "
        + "{transformer_encoder: {num_layers: 1, nhead: 2, dim_feedforward: 48, dropout: 0}}",
      "{embedding: 24}, sinusoidal_positions, "
        + "{transformer_decoder: {num_layers: 1, nhead: 2, dim_feedforward: 48, dropout: 0}}"
    ),
    (
      "{embedding: 16}, {gru: {hidden_size: 16, bidirectional: true}}",
      "{embedding: 16}, {lstm: 32}, {dot_attention: {}}, {linear: 32}, tanh"
    ),
    (
      "{embedding: 16}, {lstm: {hidden_size: 32, num_layers: 2}}",
      "{embedding: 16}, {lstm: {hidden_size: 32, num_layers: 2, start: encoder}}"
    ),
  ]

  @Test(arguments: networks)
  func learnsToTranslate(encoder: String, decoder: String) throws {
    let model = try TrainedModel(folder: translationRun(encoder, decoder).folder)
    for beam in [1, 3] {
      let translator = try Translator(model, beamWidth: beam)
      #expect(try translator.translate("two") == "dos")
      #expect(try translator.translate("red ten") == "diez rojo")
      #expect(try translator.translate("six two") == "dos seis")
    }
    let translator = try Translator(model)
    expectError("there is no text") { _ = try translator.translate("") }
    expectError(
      "the text has 5 tokens, those of the training data at most 2", "sentence by sentence"
    ) {
      _ = try translator.translate("one two six ten red")
    }
    expectError("the beam must be 1 or wider, got 0") { _ = try Translator(model, beamWidth: 0) }
    expectError("which is not a text") { _ = try TextGenerator(model) }
  }

  /// Texts translated in parallel, also fewer than `textsAtOnce`, have the same translations as
  /// alone; those that cannot be translated are nil.
  @Test(arguments: networks)
  func translatesManyTexts(encoder: String, decoder: String) throws {
    let model = try TrainedModel(
      folder: translationRun(encoder, decoder, settings: ["dtype=float64", "epochs=12"]).folder)
    let words = ["one", "two", "six", "ten", "red"]
    var texts = words.flatMap { first in words.map { "\(first) \($0)" } } + words
    let single = try Translator(model, beamWidth: 3)
    let expected = try texts.map { try single.translate($0) }
    for count in [2, 7, 64] {
      let several = try Translator(model, beamWidth: 3, textsAtOnce: count)
      #expect(try several.translateAll(texts) == expected)
      #expect(try several.translate("two ten") == single.translate("two ten"))
    }
    texts.insert("one two six", at: 4)
    texts.insert("", at: 9)
    let several = try Translator(model, beamWidth: 3, textsAtOnce: 8)
    #expect(several.maxSourceLength == 2)
    var found = try several.translateAll(texts)
    #expect(found.remove(at: 9) == nil && found.remove(at: 4) == nil)
    #expect(found == expected)
    #expect(try several.translateAll([]).isEmpty)
  }

  /// Every line of the test file counts: the second has too many tokens for the loss, the last too
  /// many for the network.
  @Test func scoresOfTranslationsEqualSacrebleus() throws {
    try folder.write(
      """
      red ten\tel diez el rojo
      six two\tel dos, el seis
      one\tuno
      one two six\tel seis el dos el uno
      """, to: "test.tsv")
    let run = try translationRun(
      Self.networks[0].0, Self.networks[0].1, article: "el ",
      settings: [
        "metrics=[perplexity, bleu, {chrf: {beam: 3}}]",
        "data.test={pairs: \(folder.path)/test.tsv, level: word, max_length: 5}",
      ])
    let evaluation = try #require(try run.evaluateTest())
    #expect(evaluation.figures.map(\.name) == ["loss", "perplexity", "bleu", "chrf"])
    #expect(abs(evaluation.figures[2].value - 34.74856956749926) < 1e-9)
    #expect(abs(evaluation.figures[3].value - 51.659946512552764) < 1e-9)
    #expect(evaluation.scores.map(\.beam.width) == [4, 3])
    #expect(
      evaluation.warnings == [
        "\(folder.path)/test.tsv: 1 of 4 texts have more than the 2 tokens that the network takes; "
          + "they count as empty translations"
      ])
    let text = try folder.text(of: "\(run.folder.path.dropFirst(folder.path.count + 1))/test.json")
    #expect(text.hasPrefix("{\"loss\": ") && text.contains("\"bleu\": 34.748569567499"))
    // It is too slow to be measured after each epoch.
    #expect(run.config.figures == ["train_loss", "train_perplexity"])
    let columns = try folder.text(of: "\(run.folder.metrics.dropFirst(folder.path.count + 1))")
    #expect(columns.hasPrefix("epoch,train_loss,val_loss,train_perplexity,lr,"))
    let model = try TrainedModel(folder: run.folder)
    let whole = try run.config.makeTrainSource().load(encoding: model.encoding)
    expectError("`bleu` is measured by translating", "no pairs of texts", "{pairs: test.tsv}") {
      _ = try Evaluation.run(model: model, dataset: whole.selecting([0, 1]))
    }
  }

  @Test(
    "scores that cannot be measured",
    arguments: [
      (
        ["metrics=[bleu]"],
        "--set metrics: the metric `bleu` is measured by translating, and `moons` holds no pairs of "
          + "texts\n  hint: use a source such as {pairs: sentences.tsv}, or leave the metric out"
      ),
      (
        ["metrics=[chrf]", "data.train={pairs: a.tsv}", "data.test=moons"],
        "--set metrics: the metric `chrf` is measured by translating, and `moons` holds no pairs of "
          + "texts\n  hint: use a source such as {pairs: sentences.tsv}, or leave the metric out"
      ),
      (
        [
          "metrics=[perplexity, bleu]", "data={train: {pairs: a.tsv}, validation: 0.1}",
          "early_stopping={monitor: val_bleu}",
        ],
        "--set early_stopping: early stopping monitors `bleu`, which is measured on the test data "
          + "once the run has ended\n  hint: figures: train_loss, val_loss, val_perplexity"
      ),
      (
        ["metrics=[{bleu: {beam: 0}}]", "data.train={pairs: a.tsv}"],
        "--set metrics: `beam` expects an integer ≥ 1, gets 0"
      ),
    ])
  func wrongScores(overrides: [String], expected: String) {
    #expect(complaint(about: smallConfig, overrides: overrides) == expected)
  }

  /// Test lines that exceed a layer's positions are rejected before the first epoch.
  @Test func linesLongerThanThePositionsAreRejected() throws {
    try folder.write("one two six ten red\tuno\n", to: "test.tsv")
    expectError("the longest row is incompatible with the network", "max_length") {
      _ = try translationRun(
        "{embedding: 8}, {learnt_positions: {max_length: 3}}",
        "{embedding: 8}, {learnt_positions: {max_length: 3}}, dot_attention",
        settings: ["epochs=1", "data.test={pairs: \(folder.path)/test.tsv}"])
    }
  }

  // MARK: - Attention

  /// For one head of dot-product attention directly after an embedding the weights are known:
  /// softmax(eᵢ·mⱼ) of the tokens' vectors, zero for padding.
  @Test func weightsOfDotAttentionAreThoseOfTheVectors() throws {
    let run = try translationRun(
      "{embedding: 8}", "{embedding: 8}, dot_attention",
      settings: ["dtype=float64", "epochs=2"])
    let model = try TrainedModel(folder: run.folder)
    let translator = try Translator(model, beamWidth: 2)
    let found = try translator.alignment(of: "red", translation: "dos uno")
    #expect(found.targetTokens.joined() == "dos uno<end>")
    #expect(found.sourceTokens.joined() == "red<end>" && found.translation == "dos uno")
    let layer = try #require(found.layers.first)
    #expect(found.layers.count == 1 && layer.path == "0.decoder.1")
    let tokenizers = try #require(model.encoding.tokenizers)
    let sources = try tokenizers.input.encode("red") + [2]
    let targets = try [1] + tokenizers.output.encode("dos uno")
    func vectors(_ name: String, _ tokens: [Int32]) throws -> [[Double]] {
      let table = try #require(model.weights.first { $0.name == name }).tensor.doubles
      return tokens.map { Array(table[Int($0) * 8..<Int($0) * 8 + 8]) }
    }
    let memory = try vectors("0.encoder.0.weight", sources)
    let expected = try vectors("0.decoder.0.weight", targets).flatMap { query in
      let scores = memory.map { exp(zip(query, $0).map(*).reduce(0, +)) }
      return scores.map { $0 / scores.reduce(0, +) }
    }
    #expect(layer.weights.shape == [1, targets.count, sources.count])
    expectClose(layer.weights.doubles, expected, Tolerance(relative: 1e-9))
    expectClose(layer.mean.doubles, expected, Tolerance(relative: 1e-9))
    expectError("the translation has", "at most") {
      _ = try translator.alignment(of: "red", translation: "dos uno seis diez rojo dos uno")
    }
  }

  @Test(arguments: networks)
  func weightsOfAttentionSumToOne(encoder: String, decoder: String) throws {
    let run = try translationRun(encoder, decoder, settings: ["epochs=12"])
    let translator = try Translator(TrainedModel(folder: run.folder))
    guard decoder.contains("dot_attention") || decoder.contains("transformer") else {
      expectError("attends to the encoder's output", "dot_attention") {
        _ = try translator.alignment(of: "one")
      }
      return
    }
    for text in ["one", "red ten"] {
      let alignment = try translator.alignment(of: text)
      #expect(try alignment.translation == translator.translate(text))
      let sources = alignment.sourceTokens.count
      for layer in alignment.layers {
        #expect(layer.weights.shape[0] == (decoder.contains("dot") ? 1 : 2))
        #expect(layer.weights.shape[1] == alignment.targetTokens.count)
        for row in stride(from: 0, to: layer.weights.elementCount, by: sources) {
          let weights = layer.weights.doubles[row..<row + sources]
          #expect(abs(weights.reduce(0, +) - 1) < 1e-5 && weights.allSatisfy { $0 >= 0 })
        }
      }
    }
  }

  /// A decoder that sees the steps that it predicts would only copy them.
  @Test func aDecoderThatSeesLaterStepsIsRejected() throws {
    expectError("`0.decoder.1`", "attends to later steps in a decoder", "causal") {
      _ = try translationRun(
        "{embedding: 8}", "{embedding: 8}, {multihead_attention: {num_heads: 2}}, dot_attention")
    }
  }
}
