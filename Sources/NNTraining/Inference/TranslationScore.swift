import NNCore
import NNData
import NNText

/// A metric that is measured by translating: the agreement of translations with references.
///
/// It is measured on the test data of a source of pairs when a run has ended, since each example
/// costs a translation. Every pair of the file counts, including those that `max_length` excludes
/// from the loss; references are the texts as in the file. A text that is too long for the network
/// counts as an empty translation.
public struct TranslationScore: Sendable, Hashable {
  /// The kind of score.
  public enum Figure: String, Sendable, Hashable, CaseIterable {
    /// BLEU: n-grams of words, tokenized as by sacrebleu (13a).
    case bleu
    /// chrF: n-grams of characters.
    case chrf
  }

  /// The kind of score.
  public let figure: Figure
  /// The options of beam search.
  public let beam: BeamOptions
  private var bleu = BLEU()
  private var chrF = ChrF()

  /// Creates an empty score.
  public init(_ figure: Figure, beam: BeamOptions) {
    self.figure = figure
    self.beam = beam
  }

  /// The name in config files: `bleu` or `chrf`.
  public var name: String { figure.rawValue }

  /// The score over all texts so far, 0 to 100; NaN before the first.
  public var value: Double {
    switch figure {
    case .bleu: bleu.score
    case .chrf: chrF.score
    }
  }

  /// Adds a translation and its reference.
  mutating func add(_ translation: String, reference: String) throws(NNError) {
    switch figure {
    case .bleu: try bleu.add(hypothesis: translation, references: [reference])
    case .chrf: try chrF.add(hypothesis: translation, references: [reference])
    }
  }
}

/// Translates the texts of a data set and scores the translations.
struct TranslationMeasurement {
  /// The scores over all texts.
  let scores: [TranslationScore]
  /// Warnings for the user.
  let warnings: [String]

  /// The number of texts translated in parallel: enough that the weights are read rarely.
  private static let textsAtOnce = 16

  /// Translates the source texts of a data set's pairs and compares the results with the
  /// references.
  ///
  /// - Throws: `NNError` for data without pairs.
  init(_ scores: [TranslationScore], of dataset: Dataset, by model: TrainedModel) throws(NNError) {
    var (scores, warnings) = (scores, [String]())
    guard let name = scores.first?.name else {
      (self.scores, self.warnings) = ([], [])
      return
    }
    guard let pairs = dataset.pairs else {
      throw .invalid(
        "`\(name)` is measured by translating, and these data hold no pairs of texts",
        at: dataset.name, hint: "name a source such as {pairs: test.tsv}")
    }
    // Scores that share a beam share the translations.
    for beam in scores.map(\.beam).reduce(into: [], { $0.contains($1) ? () : $0.append($1) }) {
      let translator = try Translator(
        model, beam: beam, textsAtOnce: min(Self.textsAtOnce, pairs.count))
      let translations = try translator.translateAll(pairs.sources)
      for index in scores.indices where scores[index].beam == beam {
        for (translation, reference) in zip(translations, pairs.targets) {
          try scores[index].add(translation ?? "", reference: reference)
        }
      }
      let missing = translations.count { $0 == nil }
      guard missing > 0, warnings.isEmpty else { continue }
      warnings.append(
        "\(dataset.name): \(missing) of \(pairs.count) texts have more than the "
          + "\(translator.maxSourceLength) tokens that the network takes; they count as empty "
          + "translations")
    }
    (self.scores, self.warnings) = (scores, warnings)
  }
}
