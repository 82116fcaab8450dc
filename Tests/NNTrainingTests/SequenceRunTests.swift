import Foundation
import NNCore
import NNData
import NNKernels
import NNTestSupport
import NNTraining
import Testing

/// Runs on texts, from files to the outputs of trained models.
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
  func learnsATextAndContinuesIt(layers: String) throws {
    let model = try languageModel(layers)
    let generator = try TextGenerator(model)
    let greedy = try Sampling(temperature: 0)
    // Longer than the context, so the context must be read again.
    let text = try generator.text(after: "the cat", count: 30, sampling: greedy)
    #expect(text.hasPrefix(" sat on the "))
    #expect(text.unicodeScalars.count == 30)
    // No state of one text remains in the next.
    #expect(try generator.text(after: "the cat", count: 30, sampling: greedy) == text)
    var pieces = ""
    let short = try generator.text(after: "the cat", count: 30, sampling: greedy) { piece in
      pieces += piece
      return pieces.count < 5
    }
    #expect(short == pieces && short.count == 5)
  }

  /// Runs in a separate process, because the number of threads is global to the process.
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

  @Test func rejectsInvalidPromptsAndModels() throws {
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

  /// The mean over tokens, whatever the batches and ignored labels.
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
    // Windows that look back to the start of the text match a single window.
    let windows = try Evaluation.run(
      model: model, dataset: source(490, 489).load(encoding: model.encoding))
    #expect(abs(windows.loss - loss) < 0.01)
  }

  // MARK: - Series of several lengths

  private func seriesRun(_ layers: String, test: String) throws -> Evaluation? {
    let header = "@classLabel true up down\n@equalLength false\n@data\n"
    let cases = ["1,2,3:up", "3,2:down", "1,3:up", "4,2,1:down", "2,3,5:up", "5,1:down"]
    try folder.write(header + cases.joined(separator: "\n"), to: "train.ts")
    try folder.write(header + test, to: "test.ts")
    let config = try Config(
      yaml: """
        name: series
        data:
          train: {ts: \(folder.path)/train.ts}
          test: {ts: \(folder.path)/test.ts}
          batch_size: 3
        model: [\(layers), {linear: 2}]
        loss: cross_entropy
        optimizer: {adam: {lr: 0.05}}
        metrics: [accuracy]
        epochs: 2
        """, source: "series.yaml")
    let run = try TrainingRun(
      config: config, folder: RunFolder("\(folder.path)/run-\(layers.count)-\(test.count)"))
    _ = try run.run()
    return try run.evaluateTest()
  }

  @Test func testSeriesMayBeLongerOrShorter() throws {
    let recurrent = "{gru: {hidden_size: 4, return: last}}"
    let short = try #require(try seriesRun(recurrent, test: "1,2:up\n4,2:down\n"))
    #expect(short.loss.isFinite)
    let long = try #require(try seriesRun(recurrent, test: "1,2:up\n4,2:down\n5,4,3,2,1:down\n"))
    let alone = try #require(try seriesRun(recurrent, test: "5,4,3,2,1:down\n"))
    // The loss of a series does not depend on the others in its batch.
    #expect(abs(3 * long.loss - 2 * short.loss - alone.loss) < 1e-5)
    let fixed = "flatten"
    #expect(try seriesRun(fixed, test: "1,2:up\n4,2:down\n")?.loss.isFinite == true)
    expectError("test.ts: series have up to 5 steps", "fixes the 3 of the training data") {
      _ = try seriesRun(fixed, test: "5,4,3,2,1:down\n")
    }
  }

  /// Vanishing gradients are logged even where their squares underflow in Float32.
  @Test func smallNormsOfGradientsAreLogged() throws {
    try folder.write(
      "y\n" + (0..<130).map { "\(sine($0))\n" }.joined(), to: "sine.csv")
    let config = try Config(
      yaml: """
        name: fading
        data: {train: {series: \(folder.path)/sine.csv, column: y, window: 120}, batch_size: 10}
        model: [{rnn: {hidden_size: 4, return: last}}, {linear: 1}]
        loss: mse
        optimizer: {sgd: {lr: 0}}
        epochs: 1
        log: {every: 1, gradients: true}
        """, source: "fading.yaml")
    let run = try TrainingRun(config: config, folder: RunFolder("\(folder.path)/fading"))
    _ = try run.run()
    var norms: [Double] = []
    for line in try folder.text(of: "fading/gradients.csv").split(separator: "\n") {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
      if fields[0] == "1", !fields[2].isEmpty, let norm = Double(fields[3]) { norms.append(norm) }
    }
    #expect(norms.count == 120)
    #expect(norms.contains { $0 > 0 && $0 < 1e-21 })
    let fading = norms.drop { $0 < 1e-36 }
    for (earlier, later) in zip(fading, fading.dropFirst()) { #expect(later < 1e6 * earlier) }
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
