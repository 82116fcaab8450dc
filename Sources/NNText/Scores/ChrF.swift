public import NNCore

/// chrF and chrF++: the F-score of character n-grams of translations, from 0 to 100.
///
/// chrF = (1 + β²) · P · R / (β² · P + R), where P is the share of n-grams in the translations that
/// occur in the references, R the share of those in the references that occur in the translations,
/// each a mean over all orders of characters, without white space, and of words. Orders without
/// n-grams on either side are left out.
///
/// Numbers are those of sacrebleu 2: chrF with its defaults (characters 1…6, no words, β = 2),
/// chrF++ with `wordOrder: 2`. Counts are summed over all sentences first. Of several references
/// the one with the best sentence score counts; on ties, the first.
///
/// Sources: Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015;
/// "chrF++: words helping character n-grams", WMT 2017.
public struct ChrF: Sendable, Hashable {
  /// The counts of one order.
  private struct Counts: Hashable {
    var hypothesis = 0
    var reference = 0
    var matches = 0
  }

  /// The longest n-grams of characters.
  public let characterOrder: Int
  /// The longest n-grams of words; 2 makes chrF++.
  public let wordOrder: Int
  /// β: the weight of recall relative to precision.
  public let beta: Double

  private var counts: [Counts]
  private var sentenceCount = 0

  /// Creates an empty count.
  ///
  /// - Precondition: `characterOrder` ≥ 1, `wordOrder` ≥ 0, `beta` > 0.
  public init(characterOrder: Int = 6, wordOrder: Int = 0, beta: Double = 2) {
    precondition(characterOrder >= 1 && wordOrder >= 0, "chrF needs orders of 1 or more")
    precondition(beta > 0, "chrF needs a positive beta")
    self.characterOrder = characterOrder
    self.wordOrder = wordOrder
    self.beta = beta
    counts = Array(repeating: Counts(), count: characterOrder + wordOrder)
  }

  /// Adds a sentence.
  ///
  /// - Parameters:
  ///   - hypothesis: The translation to score; it may be empty.
  ///   - references: One or more reference translations.
  /// - Throws: `NNError` when there is no reference.
  public mutating func add(hypothesis: String, references: [String]) throws(NNError) {
    let hypothesis = ngrams(hypothesis)
    var best: (score: Double, counts: [Counts])?
    for reference in references {
      let counts = counts(hypothesis, ngrams(reference))
      let score = score(of: counts)
      if score > best?.score ?? -1 { best = (score, counts) }
    }
    guard let best else { throw .noReference(sentence: sentenceCount) }
    sentenceCount += 1
    for (order, added) in best.counts.enumerated() {
      counts[order].hypothesis += added.hypothesis
      counts[order].reference += added.reference
      counts[order].matches += added.matches
    }
  }

  /// chrF in percent over all sentences so far; NaN before the first.
  public var score: Double { sentenceCount > 0 ? score(of: counts) : .nan }

  private func score(of counts: [Counts]) -> Double {
    let effective = counts.filter { $0.hypothesis > 0 && $0.reference > 0 }
    guard effective.contains(where: { $0.matches > 0 }) else { return 0 }
    let orders = Double(effective.count)
    let precision =
      effective.reduce(0) { $0 + Double($1.matches) / Double($1.hypothesis) } / orders
    let recall = effective.reduce(0) { $0 + Double($1.matches) / Double($1.reference) } / orders
    let factor = beta * beta
    return 100 * ((1 + factor) * precision * recall / (factor * precision + recall))
  }

  private typealias NGrams = (
    characters: [NGramCounts<Unicode.Scalar>], words: [NGramCounts<CodePoints>]
  )

  private func ngrams(_ text: String) -> NGrams {
    let words = text.unicodeScalars.words
    let characters = Array(words.joined())
    let separated = words.flatMap(Self.separatingPunctuation)
    return (
      (0..<characterOrder).map { NGramCounts(characters, order: $0 + 1) },
      (0..<wordOrder).map { NGramCounts(separated, order: $0 + 1) }
    )
  }

  private func counts(_ hypothesis: NGrams, _ reference: NGrams) -> [Counts] {
    zip(hypothesis.characters, reference.characters).map(Self.counts)
      + zip(hypothesis.words, reference.words).map(Self.counts)
  }

  private static func counts<Element>(
    _ hypothesis: NGramCounts<Element>, _ reference: NGramCounts<Element>
  ) -> Counts {
    Counts(
      // Orders for which the reference is too short do not count against the translation.
      hypothesis: reference.total > 0 ? hypothesis.total : 0, reference: reference.total,
      matches: hypothesis.matches(reference))
  }

  /// A word with the punctuation at its end, or else at its beginning, as a word of its own.
  private static func separatingPunctuation(_ word: CodePoints) -> [CodePoints] {
    guard word.count > 1, let first = word.first, let last = word.last else { return [word] }
    if isPunctuation(last) { return [word.dropLast(), [last]] }
    if isPunctuation(first) { return [[first], Array(word.dropFirst())] }
    return [word]
  }

  private static func isPunctuation(_ character: Unicode.Scalar) -> Bool {
    switch character {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }
}
