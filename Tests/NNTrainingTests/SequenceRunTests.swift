import Foundation
import NNCore
import NNData
import NNKernels
import NNTestSupport
import NNTraining
import Testing

/// Runs over texts, from files to what trained models say.
@Suite struct SequenceRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  // MARK: - Language models

  private static let text = String(
    repeating: "the cat sat on the mat, the dog sat too. ", count: 12)

  private func languageModel(
    _ layers: String, epochs: Int = 40, dtype: String = "float32"
  ) throws -> TrainedModel {
    try folder.write(Self.text, to: "text.txt")
    let config = try Config(
      yaml: """
        name: cat
        seed: 3
        dtype: \(dtype)
        data:
          train: {text: \(folder.path)/text.txt, context: 16, to: 0.8}
          validation: {text: \(folder.path)/text.txt, context: 16, from: 0.8, overlap: 4}
          batch_size: 4
        model: [{embedding: 16}, \(layers), {linear: vocabulary}]
        loss: cross_entropy
        optimizer: {adam: {lr: 0.01}}
        metrics: [bits_per_character, perplexity, accuracy]
        epochs: \(epochs)
        """, source: "cat.yaml")
    let run = try TrainingRun(
      config: config, folder: RunFolder("\(folder.path)/run-\(layers.count)-\(dtype)"))
    _ = try run.run()
    return try TrainedModel(folder: run.folder)
  }

  private static let transformer =
    "sinusoidal_positions, {transformer_encoder: {num_layers: 1, nhead: 2, dim_feedforward: 32, "
    + "dropout: 0, causal: true}}"

  @Test(arguments: [transformer, "{gru: 24}", "{lstm: {hidden_size: 20, num_layers: 2}}"])
  func learnsATextAndGoesOnWithIt(layers: String) throws {
    let model = try languageModel(layers)
    let generator = try TextGenerator(model)
    let greedy = try Sampling(temperature: 0)
    // Longer than the context, so that it must be read again.
    let text = try generator.text(after: "the cat", count: 30, sampling: greedy)
    #expect(text.hasPrefix(" sat on the "))
    #expect(text.unicodeScalars.count == 30)
    // Nothing is left of one text in the next.
    #expect(try generator.text(after: "the cat", count: 30, sampling: greedy) == text)
    var pieces = ""
    let short = try generator.text(after: "the cat", count: 30, sampling: greedy) { piece in
      pieces += piece
      return pieces.count < 5
    }
    #expect(short == pieces && short.count == 5)
  }

  /// Runs in a process of its own, because the number of threads belongs to the process.
  @Test func textsDependOnTheSeedAndNotOnThreads() async {
    await #expect(processExitsWith: .success) {
      let tests = try SequenceRunTests()
      for layers in [SequenceRunTests.transformer, "{lstm: 20}"] {
        let model = try tests.languageModel(layers, epochs: 2)
        func text(_ sampling: Sampling) throws -> String {
          try TextGenerator(model).text(after: "the ", count: 40, sampling: sampling)
        }
        var texts: [String] = []
        for threads in [1, 2, 3] {
          WorkerPool.setThreads(threads)
          texts.append(try text(Sampling(temperature: 1.5, topK: 9, topP: 0.95)))
        }
        #expect(texts[0] == texts[1] && texts[0] == texts[2])
        #expect(try text(Sampling(temperature: 1.5, seed: 7)) != texts[0])
      }
    }
  }

  @Test func refusesWhatItCannotGoOnWith() throws {
    let generator = try TextGenerator(try languageModel(Self.transformer, epochs: 1))
    let sampling = try Sampling()
    expectError("the prompt is empty") {
      _ = try generator.text(after: "", count: 3, sampling: sampling)
    }
    expectError("\"Z\" (U+005A)") {
      _ = try generator.text(after: "Zoo", count: 3, sampling: sampling)
    }
    expectError("the prompt has 20 tokens, the model's context is 16") {
      _ = try generator.text(after: String(Self.text.prefix(20)), count: 3, sampling: sampling)
    }
    expectError("the temperature must be 0 or more") { _ = try Sampling(temperature: -1) }
    expectError("top-k must be 1 or more") { _ = try Sampling(topK: 0) }
    expectError("top-p must be above 0 and at most 1") { _ = try Sampling(topP: 0) }
    expectError("has no translations") {
      _ = try Translator(try languageModel("{gru: 4}", epochs: 1))
    }
    expectError("reads the steps in both directions") {
      _ = try TextGenerator(
        try languageModel("{gru: {hidden_size: 4, bidirectional: true}}", epochs: 1))
    }
  }

  /// The mean over tokens, however they fall into batches and whatever is ignored.
  @Test func figuresCountEveryTokenOnce() throws {
    let model = try languageModel("{gru: 8}", epochs: 1, dtype: "float64")
    let source = { (context: Int, overlap: Int) in
      DataSource.text(
        TextSource(
          file: "\(folder.path)/text.txt", level: .character, context: context, overlap: overlap))
    }
    let bits = try Evaluation.run(
      model: model, dataset: source(491, 0).load(encoding: model.encoding))
    let loss = try #require(bits.figures.first { $0.name == "loss" }?.value)
    let characters = try #require(bits.figures.first { $0.name == "bits_per_character" }?.value)
    #expect(abs(loss / 0.6931471805599453 - characters) < 1e-12)
    let perplexity = try #require(bits.figures.first { $0.name == "perplexity" }?.value)
    #expect(abs(log(perplexity) - loss) < 1e-12)
    // Windows that look back as far as the text reaches give what one window gives.
    let windows = try Evaluation.run(
      model: model, dataset: source(490, 489).load(encoding: model.encoding))
    #expect(abs(windows.loss - loss) < 0.01)
  }

  // MARK: - Translation

  /// Learns to turn two words around; `article` stands before each word of a translation.
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
    expectError("no text to go on with") { _ = try TextGenerator(model) }
  }

  /// Texts that are translated beside others, fewer than fit at once included, are translated as by
  /// themselves; those that cannot be are left out.
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
          + "they count as translated by nothing"
      ])
    let text = try folder.text(of: "\(run.folder.path.dropFirst(folder.path.count + 1))/test.json")
    #expect(text.hasPrefix("{\"loss\": ") && text.contains("\"bleu\": 34.748569567499"))
    // After each epoch there is no time for it.
    #expect(run.config.figures == ["train_loss", "perplexity"])
    let columns = try folder.text(of: "\(run.folder.metrics.dropFirst(folder.path.count + 1))")
    #expect(columns.hasPrefix("epoch,train_loss,val_loss,perplexity,lr,"))
    let model = try TrainedModel(folder: run.folder)
    let whole = try run.config.makeTrainSource().load(encoding: model.encoding)
    expectError("`bleu` is measured by translating", "no pairs of texts", "{pairs: test.tsv}") {
      _ = try Evaluation.run(model: model, dataset: whole.selecting([0, 1]))
    }
  }

  // MARK: - Series

  @Test func forecastsASeries() throws {
    let numbers = (0..<60).map { "\($0),\(sine($0))" }
    try folder.write("t,y\n" + numbers.joined(separator: "\n") + "\n", to: "sine.csv")
    let config = try Config(
      yaml: """
        name: sine
        data: {train: {series: \(folder.path)/sine.csv, column: y, window: 8}, batch_size: 8}
        model: [flatten, {linear: 1}]
        loss: mse
        optimizer: {adam: {lr: 0.01}}
        metrics: [nmse]
        epochs: 150
        """, source: "sine.yaml")
    let run = try TrainingRun(config: config, folder: RunFolder("\(folder.path)/run"))
    _ = try run.run()
    let forecaster = try Forecaster(TrainedModel(folder: run.folder))
    #expect(forecaster.horizon == 1)
    let values = try forecaster.forecast(steps: 5)
    for (step, value) in values.enumerated() { #expect(abs(value - sine(60 + step)) < 0.05) }
    try folder.write("y\n1\n2\n", to: "short.csv")
    expectError("window") {
      _ = try forecaster.forecast(steps: 1, file: "\(folder.path)/short.csv")
    }
  }

  /// A wave of 12 steps.
  private func sine(_ step: Int) -> Double { sin(Double(step) * .pi / 6) }

  // MARK: - Resumption

  @Test func aRunOverPairsResumesWithTheSameBits() throws {
    try folder.write(
      (0..<40).map {
        "\(String(repeating: "ab ", count: $0 % 7 + 1))\t\(String(repeating: "c", count: $0 % 5 + 1))"
      }
      .joined(separator: "\n"), to: "pairs.tsv")
    let config = try Config(
      yaml: """
        name: pairs
        data: {train: {pairs: \(folder.path)/pairs.tsv, level: char}, batch_size: 6}
        model:
          - encoder_decoder:
              encoder: [{embedding: 8}, {gru: 8}]
              decoder: [{embedding: 8}, {gru: 8}, dot_attention, {dropout: 0.2}, {linear: vocabulary}]
        loss: cross_entropy
        optimizer: {adam: {lr: 0.01}}
        epochs: 3
        checkpoint: {every: 2, interval: step}
        """, source: "pairs.yaml")
    func weights(_ folder: RunFolder) throws -> [HostTensor] {
      try TrainedModel(folder: folder).weights.map(\.tensor)
    }
    let whole = RunFolder("\(folder.path)/whole")
    _ = try TrainingRun(config: config, folder: whole).run()
    let parts = RunFolder("\(folder.path)/parts")
    for steps in [3, 4, 11, nil] {
      _ = try TrainingRun(config: config, folder: parts, resumes: true, maximumSteps: steps).run()
    }
    #expect(try weights(whole) == weights(parts))
  }
}
