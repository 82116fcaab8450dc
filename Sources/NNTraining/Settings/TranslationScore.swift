import NNCore
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

    /// The name in prose: `chrF`.
    package var title: String {
      switch self {
      case .bleu: "BLEU"
      case .chrf: "chrF"
      }
    }
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
