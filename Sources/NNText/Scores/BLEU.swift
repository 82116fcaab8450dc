public import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// BLEU: the n-gram precision of translations against reference translations, from 0 to 100.
///
/// BLEU = BP · exp(¼ Σ ln pₙ), n = 1…4, where pₙ is the share of n-grams in the translations that
/// occur in the references, each counted at most as often as there (clipped), and BP =
/// min(1, exp(1 − r/h)) for h words in translations and r in references. Counts are summed over all
/// sentences first, so the score of a corpus is not a mean over sentences.
///
/// Numbers are those of sacrebleu 2 with its defaults: tokenization 13a, case kept, smoothing `exp`
/// (the k-th order without a match counts 2⁻ᵏ matches). 0 when not one word matches.
///
/// Sources: Papineni, Roukos, Ward, Zhu, "BLEU: a method for automatic evaluation of machine
/// translation", ACL 2002; Post, "A call for clarity in reporting BLEU scores", WMT 2018.
public struct BLEU: Sendable, Hashable {
  /// The longest n-grams: 4.
  public static let longestOrder = 4

  /// Whether orders above the longest translation are left out of the mean. By default they are
  /// not, so a corpus without any 4 words in a row scores 0; turn it on for single sentences.
  public let usesEffectiveOrder: Bool
  /// h: the words of all translations.
  public private(set) var hypothesisLength = 0
  /// r: the words of the references. Of several references of a sentence the one whose length is
  /// closest to that of the translation counts; on ties, the shortest.
  public private(set) var referenceLength = 0

  private var matches = [Int](repeating: 0, count: longestOrder)
  private var totals = [Int](repeating: 0, count: longestOrder)
  private var sentenceCount = 0

  /// Creates an empty count.
  public init(usesEffectiveOrder: Bool = false) { self.usesEffectiveOrder = usesEffectiveOrder }

  /// Adds a sentence.
  ///
  /// - Parameters:
  ///   - hypothesis: The translation to score; it may be empty.
  ///   - references: One or more reference translations.
  /// - Throws: `NNError` when there is no reference.
  public mutating func add(hypothesis: String, references: [String]) throws(NNError) {
    let hypothesis = Tokenization13a.tokens(of: hypothesis)
    let references = references.map(Tokenization13a.tokens)
    guard
      let closest = references.map(\.count).min(by: {
        (abs($0 - hypothesis.count), $0) < (abs($1 - hypothesis.count), $1)
      })
    else { throw .noReference(sentence: sentenceCount) }
    sentenceCount += 1
    hypothesisLength += hypothesis.count
    referenceLength += closest
    for order in 1...Self.longestOrder {
      let found = NGramCounts(hypothesis, order: order)
      var allowed = NGramCounts<CodePoints>([], order: order)
      for reference in references { allowed.formUnion(NGramCounts(reference, order: order)) }
      matches[order - 1] += found.matches(allowed)
      totals[order - 1] += found.total
    }
  }

  /// BP: 1, or less where the translations are shorter than the references.
  public var brevityPenalty: Double {
    if hypothesisLength >= referenceLength { return 1 }
    if hypothesisLength == 0 { return 0 }
    return exp(1 - Double(referenceLength) / Double(hypothesisLength))
  }

  /// pₙ in percent for n = 1…4, smoothed; all 0 when not one word matches.
  public var precisions: [Double] {
    guard matches.contains(where: { $0 > 0 }) else { return totals.map { _ in 0 } }
    var smoothing = 1.0
    return zip(matches, totals).map { matches, total in
      if total == 0 { return 0 }
      if matches > 0 { return 100 * Double(matches) / Double(total) }
      smoothing *= 2
      return 100 / (smoothing * Double(total))
    }
  }

  /// BLEU in percent over all sentences so far; NaN before the first.
  public var score: Double {
    guard sentenceCount > 0 else { return .nan }
    let order = usesEffectiveOrder ? totals.count { $0 > 0 } : Self.longestOrder
    let precisions = precisions.prefix(order)
    guard order > 0, precisions.allSatisfy({ $0 > 0 }) else { return 0 }
    return brevityPenalty * exp(precisions.reduce(0) { $0 + log($1) } / Double(order))
  }
}

extension NNError {
  /// The error for a sentence without a reference.
  static func noReference(sentence index: Int) -> NNError {
    .invalid("expected one reference or more, found none", at: "sentence \(index + 1)")
  }
}
