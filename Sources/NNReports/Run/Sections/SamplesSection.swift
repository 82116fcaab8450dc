import NNCore
import NNData
import NNDrawing
import NNLayers
import NNText
import NNTraining

/// Samples of a network that generates text.
struct SamplesSection: ReportSection {
  static let title = "Samples"

  private static let translationCount = 6
  private static let promptLength = 12
  private static let continuationLength = 200

  private enum Content {
    case translations([[String]])
    case continuation(prompt: String, text: String)
  }

  private let content: Content

  init?(_ run: RunEvidence) throws(NNError) {
    guard let model = run.model, let data = run.data, model.signature.vocabulary != nil else {
      return nil
    }
    let dataset = data.test ?? data.validation ?? data.train
    if case .pairs(let source) = try model.config?.makeTrainSource() {
      if let pairs = dataset.pairs ?? data.train.pairs {
        content = .translations(try Self.translations(pairs, model))
      } else {
        // A subset of the training data no longer has its source texts.
        content = .translations(
          try Self.translations(TextPairs(path: source.file), model))
      }
    } else if dataset.targetsAreSteps, let tokenizers = model.encoding.tokenizers,
      tokenizers.outputsAreTexts
    {
      let tokenizer = tokenizers.input
      let row = dataset.selecting([0]).inputs.scalars(as: Int32.self)
      let prompt = try tokenizer.decode(row.prefix(Self.promptLength).map { TokenID($0) })
      guard !prompt.isEmpty else { return nil }
      let text = try TextGenerator(model).text(
        after: prompt, count: Self.continuationLength,
        sampling: Sampling(temperature: 0.8, seed: UInt64(model.config?.seed ?? 0)))
      content = .continuation(prompt: prompt, text: text)
    } else {
      return nil
    }
  }

  private static func translations(
    _ pairs: TextPairs, _ model: TrainedModel
  ) throws(NNError) -> [[String]] {
    let count = min(translationCount, pairs.count)
    let sources = Array(pairs.sources.prefix(count))
    let found = try Translator(model, beamWidth: 1, textsAtOnce: count).translateAll(sources)
    return (0..<count).map { [sources[$0], pairs.targets[$0], found[$0] ?? "(too long)"] }
  }

  func write(to page: inout Page) {
    switch content {
    case .translations(let rows):
      page.paragraph("The first texts of the data, with the most probable token at each step.")
      page.table(header: ["text", "reference", "network"], rows: rows)
    case .continuation(let prompt, let text):
      page.paragraph(
        "A prompt from the data and its continuation, sampled with temperature 0.8.")
      page.code("\(prompt)⟶\(text)", wraps: true)
    }
  }
}
