import Foundation
import NNCore
import NNTestSupport
import NNTraining
import Testing

/// Every integer of a config, far too large: `check`, `summary` and the drawing must reject it or
/// describe it, quickly and without allocating the memory that they describe.
@Suite("configs with extreme numbers")
struct ConfigExtremesTests {
  private static let numbers = [
    1_000_000_000, 1 << 31, 1_000_000_000_000, Int.max, 0, -1, Int.min,
  ]

  /// The layers of the registry that have numbers among their options.
  private static let layers = LayerSample.all.filter { sample in
    sample.text.dropFirst(sample.kind.count).contains(where: \.isNumber)
  }

  /// A config with the layer, compatible data and compatible other layers.
  private func config(_ sample: LayerSample, in folder: TemporaryFolder) throws -> String {
    let layer = "{\(sample.text)}"
    let model: [String]
    var train = "{circles: {samples: 8}}"
    switch sample.input {
    case .rows: model = ["{linear: 16}", layer, "flatten", "{linear: 2}"]
    case .two:
      model = [
        "{linear: 16}",
        "{graph: {layers: [{name: left, tanh: {}}, {from: [left, input], \(sample.text)}]}}",
        "{linear: 2}",
      ]
    case .images:
      model = ["{linear: 64}", "{reshape: [1, 8, 8]}", layer, "flatten", "{linear: 2}"]
    case .steps: model = ["{linear: 24}", "{reshape: [4, 6]}", layer, "flatten", "{linear: 2}"]
    case .tokens:
      let path = try folder.write(String(repeating: "some text ", count: 9), to: "a.txt")
      train = "{text: \(path), context: 5}"
      model = [layer, "{linear: vocabulary}"]
    case .embedded:
      let path = try folder.write(String(repeating: "some text ", count: 9), to: "a.txt")
      train = "{text: \(path), context: 5}"
      model = ["{name: table, embedding: 4}", layer]
    case .pairs, .decoder:
      let path = try folder.write(String(repeating: "ab\tcd\n", count: 9), to: "a.tsv")
      train = "{pairs: \(path), level: char}"
      let decoder =
        "{encoder_decoder: {encoder: [{embedding: 4}], decoder: [{embedding: 4}, \(layer), "
        + "{linear: vocabulary}]}}"
      model = [sample.input == .pairs ? layer : decoder]
    }
    return """
      data: {train: \(train), batch_size: 4}
      model: [\(model.joined(separator: ", "))]
      loss: cross_entropy
      optimizer: adam
      """
  }

  /// Does what the commands check, summary and graph do.
  private func describe(_ yaml: String) throws {
    let config = try Config(yaml: yaml)
    try TrainingRun.check(config)
    _ = try ModelSummary(config: config)
  }

  private func expectQuickAnswer(
    _ yaml: String, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let seconds = processorSeconds {
      do {
        try describe(yaml)
      } catch let error as NNError {
        #expect(error.kind == .invalidInput, "\(what): \(error)", sourceLocation: sourceLocation)
        #expect("\(error)".utf8.count < 4000, "\(what)", sourceLocation: sourceLocation)
      } catch {
        Issue.record("\(what): \(error)", sourceLocation: sourceLocation)
      }
    }
    #expect(seconds < 4, "\(what)", sourceLocation: sourceLocation)
  }

  /// The texts of a config with each of its numbers in turn replaced by another.
  private func replaced(_ yaml: String, within part: String) throws -> [(String, String)] {
    let range = try #require(yaml.range(of: part))
    let digits = part.matches(of: /-?[0-9]+/).filter { match in
      // Not those in names, such as max_pool2d.
      match.range.lowerBound == part.startIndex
        || !part[part.index(before: match.range.lowerBound)].isLetter
    }
    return digits.flatMap { match in
      Self.numbers.map { number in
        var changed = part
        changed.replaceSubrange(match.range, with: "\(number)")
        return (yaml.replacingCharacters(in: range, with: changed), changed)
      }
    }
  }

  @Test("layers", arguments: layers)
  func optionsOfLayers(layer: LayerSample) throws {
    let folder = try TemporaryFolder()
    let yaml = try config(layer, in: folder)
    #expect(throws: Never.self, "\(yaml)") { try describe(yaml) }
    for (text, what) in try replaced(yaml, within: layer.text) {
      expectQuickAnswer(text, what)
    }
  }

  @Test(
    "data",
    arguments: [
      "{circles: {samples: 9, seed: 3}}", "{blobs: {samples: 9, classes: 3}}",
      "{spirals: {samples: 9, classes: 2}}", "{text: a.txt, context: 5, overlap: 1}",
      "{text: a.txt, level: bpe, merges: 4, context: 3}",
      "{text: a.txt, level: word, vocabulary_size: 6, context: 3}",
      "{pairs: a.tsv, level: bpe, merges: 3, max_length: 30}",
      "{series: s.csv, column: 0, window: 3, horizon: 2, from: 4, to: 18}",
    ])
  func data(source: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(String(repeating: "some text ", count: 9), to: "a.txt")
    try folder.write(String(repeating: "ab\tcd\n", count: 9), to: "a.tsv")
    try folder.write((0..<20).map { "\($0)\n" }.joined(), to: "s.csv")
    let train = ["a.txt", "a.tsv", "s.csv"].reduce(source) {
      $0.replacingOccurrences(of: $1, with: folder.path($1))
    }
    let model =
      source.contains("text:")
      ? "[{embedding: 4}, {linear: vocabulary}]"
      : source.contains("pairs:")
        ? "[{encoder_decoder: {encoder: [{embedding: 4}, {lstm: 4}], decoder: [{embedding: 4}, "
          + "{lstm: {hidden_size: 4, start: encoder}}, {linear: vocabulary}]}}]"
        : source.contains("series:") ? "[flatten, {linear: 2}]" : "[{linear: 3}]"
    let data = "{train: \(train), batch_size: 2}"
    let yaml = """
      data: \(data)
      model: \(model)
      loss: \(source.contains("series:") ? "mse" : "cross_entropy")
      optimizer: adam
      """
    #expect(throws: Never.self, "\(yaml)") { try describe(yaml) }
    let options = try #require(data.range(of: ", ").map { String(data[$0.upperBound...]) })
    for (text, what) in try replaced(yaml, within: options) { expectQuickAnswer(text, what) }
  }

  @Test(
    "losses, optimizers, schedules and the rest",
    arguments: [
      "loss: {cross_entropy: {ignore_index: 5}}",
      "schedule: {step_lr: {step_size: 3}}",
      "schedule: {multi_step_lr: {milestones: [3, 5]}}",
      "schedule: {cosine_annealing_lr: {T_max: 3}}",
      "schedule: {linear_lr: {total_iters: 3}}",
      "metrics: [{top_k: {k: 2}}, {accuracy: {ignore_index: 7}}]",
      "epochs: 3", "seed: 3", "checkpoint: {every: 3, keep: 2}", "log: {every: 3}",
      "early_stopping: {monitor: train_loss, patience: 3}",
    ])
  func others(line: String) throws {
    let loss = line.hasPrefix("loss") ? "" : "loss: cross_entropy\n"
    let yaml = """
      data: {train: {circles: {samples: 8}}, batch_size: 4}
      model: [{linear: 4}]
      \(loss)optimizer: adam
      \(line)
      """
    #expect(throws: Never.self, "\(yaml)") { try describe(yaml) }
    for (text, what) in try replaced(yaml, within: line) { expectQuickAnswer(text, what) }
  }

  @Test("states how many bytes a layer would take")
  func bytes() throws {
    let yaml = smallConfig.replacingOccurrences(of: "linear: 8", with: "linear: 1000000000000")
    expectError(
      "config.yaml:3:5: `0` (Dense 1000000000000): a tensor of [1000000000000, 2] float32 would take 7,450.5 GiB"
    ) {
      try describe(yaml)
    }
    expectError(
      "config.yaml:3:13: `out_features` expects an integer from 1 to 1099511627776, gets "
        + "9000000000000000000"
    ) {
      try describe(
        smallConfig.replacingOccurrences(of: "linear: 8", with: "linear: 9000000000000000000"))
    }
  }

  @Test("states how many layers there may be")
  func layerCount() throws {
    expectError("`num_layers` expects an integer from 1 to 1000, gets 100000000") {
      try describe(
        smallConfig.replacingOccurrences(
          of: "linear: 8", with: "rnn: {hidden_size: 8, num_layers: 100000000}"))
    }
  }
}
