import NNCore
import NNData
import NNText

/// A metric that is measured by translating: how well translations agree with right ones.
///
/// Measured on the test data of a source of pairs, once a run has ended, since each row costs a
/// translation. Every pair of the file counts, those too that its `max_length` leaves out of the
/// loss; right translations are its texts as they stand there. A text that the network cannot
/// translate, being longer than any of the training data, counts as translated by nothing.
public struct TranslationScore: Sendable, Hashable {
  /// What is counted.
  public enum Figure: String, Sendable, Hashable, CaseIterable {
    /// N-grams of words, tokenized as sacrebleu does (13a).
    case bleu
    /// N-grams of characters.
    case chrf
  }

  /// What is counted.
  public let figure: Figure
  /// How translations are searched for.
  public let beam: BeamOptions
  private var bleu = BLEU()
  private var chrF = ChrF()

  /// Creates an empty score.
  public init(_ figure: Figure, beam: BeamOptions) {
    self.figure = figure
    self.beam = beam
  }

  /// `bleu` or `chrf`
  public var name: String { figure.rawValue }

  /// The score over all texts so far, 0 to 100; NaN before the first.
  public var value: Double {
    switch figure {
    case .bleu: bleu.score
    case .chrf: chrF.score
    }
  }

  /// Adds a translation and the right one.
  mutating func add(_ translation: String, reference: String) throws(NNError) {
    switch figure {
    case .bleu: try bleu.add(hypothesis: translation, references: [reference])
    case .chrf: try chrF.add(hypothesis: translation, references: [reference])
    }
  }
}

/// What translating the texts of a data set gave.
struct TranslationMeasurement {
  /// The scores, with all texts taken in.
  let scores: [TranslationScore]
  /// What is allowed and hardly meant.
  let warnings: [String]

  /// How many texts are translated at the same time: enough that weights are read seldom.
  private static let textsAtOnce = 16

  /// Translates what a data set's pairs hold and compares.
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
    // What differs in the score alone is translated once.
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
          + "\(translator.maxSourceLength) tokens that the network takes; they count as translated "
          + "by nothing")
    }
    (self.scores, self.warnings) = (scores, warnings)
  }
}
