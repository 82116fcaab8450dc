import NNCore
import NNText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The beam search for one translation: the most probable hypotheses, a token longer at each step.
struct BeamSearch {
  /// The beginning of a translation.
  private struct Hypothesis {
    var tokens: [TokenID] = []
    var logProbability = 0.0
    /// The index of the hypothesis that it extends.
    var origin = 0
  }

  /// Whether no better translation can follow.
  private(set) var isFinished = false
  /// The best translation so far.
  var tokens: [TokenID] { complete.first?.tokens ?? [] }

  private let width: Int
  private let lengthPenalty: Double
  private let maxLength: Int
  private var beams = [Hypothesis()]
  /// The best complete translations, at most `width`, best first.
  private var complete: [(tokens: [TokenID], score: Double)] = []
  private var length = 0

  /// Starts a search.
  ///
  /// - Parameters:
  ///   - width: The number of hypotheses.
  ///   - lengthPenalty: The preference for long translations.
  ///   - maxLength: The maximum number of tokens of a translation, including the end token.
  init(width: Int, lengthPenalty: Double, maxLength: Int) {
    self.width = width
    self.lengthPenalty = lengthPenalty
    self.maxLength = maxLength
  }

  /// The last token of each hypothesis, and the index of the hypothesis that it extends; unused
  /// rows repeat the first.
  var rows: [(token: TokenID, origin: Int)] {
    (0..<width).map { row in
      let beam = beams[row < beams.count ? row : 0]
      return (beam.tokens.last ?? SpecialToken.beginning.id, beam.origin)
    }
  }

  /// Extends the hypotheses by one token.
  ///
  /// - Parameter scores: Row by row, the log-probability of each token as the next one.
  mutating func advance<Scalar: BinaryFloatingPoint>(_ scores: UnsafeBufferPointer<Scalar>) {
    length += 1
    let vocabulary = scores.count / width
    var candidates: [Hypothesis] = []
    for (row, beam) in beams.enumerated() {
      let row = (index: row, scores: scores[row * vocabulary..<(row + 1) * vocabulary])
      let tokens =
        length == maxLength
        ? [Int(SpecialToken.end.id)] : Self.mostProbable(width + 1, of: row.scores)
      candidates += tokens.map { token in
        Hypothesis(
          tokens: beam.tokens + [TokenID(token)],
          logProbability: beam.logProbability + Double(row.scores[row.scores.startIndex + token]),
          origin: row.index)
      }
    }
    candidates.sort { ($1.logProbability, $0.origin) < ($0.logProbability, $1.origin) }
    // Greedy search ends at its first end token.
    let isGreedyEnd = width == 1 && candidates.first?.tokens.last == SpecialToken.end.id
    beams = []
    for candidate in candidates where beams.count < width {
      guard candidate.tokens.last == SpecialToken.end.id else {
        beams.append(candidate)
        continue
      }
      let score = score(candidate.logProbability, length: length)
      let index = complete.firstIndex { $0.score < score } ?? complete.count
      complete.insert((candidate.tokens.dropLast(), score), at: index)
      if complete.count > width { complete.removeLast() }
    }
    guard let leader = beams.first else {
      isFinished = true
      // A batch may continue after this search has ended, so its rows need a token.
      beams = [Hypothesis()]
      return
    }
    let isBehind =
      complete.count == width
      && score(leader.logProbability, length: length) <= complete[width - 1].score
    isFinished = isGreedyEnd || isBehind
  }

  private func score(_ logProbability: Double, length: Int) -> Double {
    logProbability / pow((5 + Double(length)) / 6, lengthPenalty)
  }

  /// The tokens with the highest scores, best first; on ties, the first token wins. Special tokens
  /// are excluded, except the end.
  private static func mostProbable<Scalar: BinaryFloatingPoint>(
    _ count: Int, of scores: Slice<UnsafeBufferPointer<Scalar>>
  ) -> [Int] {
    var kept: [(token: Int, score: Scalar)] = []
    kept.reserveCapacity(count + 1)
    var least = -Scalar.infinity
    for (token, score) in scores.enumerated() where score > least || kept.count < count {
      if neverWritten.contains(TokenID(token)) { continue }
      let index = kept.firstIndex { $0.score < score } ?? kept.count
      kept.insert((token, score), at: index)
      if kept.count > count { kept.removeLast() }
      if kept.count == count { least = kept[count - 1].score }
    }
    return kept.map(\.token)
  }

  private static let neverWritten: Set<TokenID> = [
    SpecialToken.padding.id, SpecialToken.beginning.id, SpecialToken.unknown.id,
  ]
}
