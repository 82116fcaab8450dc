public import NNCore
import NNText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a translation is searched for among the probable ones.
public struct BeamOptions: Sendable, Hashable {
  /// How many beginnings are followed; 1 is greedy search.
  public let width: Int
  /// How much long translations are preferred; 0 not at all.
  public let lengthPenalty: Double

  /// Creates the options.
  ///
  /// - Throws: `NNError` for a width below 1 and a negative penalty.
  public init(width: Int = 4, lengthPenalty: Double = 1) throws(NNError) {
    guard width >= 1 else { throw .invalid("the beam must be 1 or wider, got \(width)") }
    guard lengthPenalty >= 0, lengthPenalty.isFinite else {
      throw .invalid("the length penalty must be 0 or more, got \(lengthPenalty)")
    }
    self.width = width
    self.lengthPenalty = lengthPenalty
  }
}

/// The search for one translation: the most probable beginnings, a token longer at each step.
struct BeamSearch {
  /// A beginning of a translation.
  private struct Hypothesis {
    var tokens: [TokenID] = []
    var logProbability = 0.0
    /// Which of the beginnings before it goes on.
    var origin = 0
  }

  /// Whether nothing better can follow.
  private(set) var isFinished = false
  /// The best translation so far.
  var tokens: [TokenID] { complete.first?.tokens ?? [] }

  private let width: Int
  private let lengthPenalty: Double
  private let maxLength: Int
  private var beams = [Hypothesis()]
  /// The best complete translations, as many as there are beginnings or fewer, the best first.
  private var complete: [(tokens: [TokenID], score: Double)] = []
  private var length = 0

  /// Begins a search.
  ///
  /// - Parameters:
  ///   - width: How many beginnings are followed.
  ///   - lengthPenalty: How much long translations are preferred.
  ///   - maxLength: The most tokens of a translation, its end included.
  init(width: Int, lengthPenalty: Double, maxLength: Int) {
    self.width = width
    self.lengthPenalty = lengthPenalty
    self.maxLength = maxLength
  }

  /// The last token of each beginning, and which of the beginnings before it goes on; rows without
  /// one of their own repeat the first.
  var rows: [(token: TokenID, origin: Int)] {
    (0..<width).map { row in
      let beam = beams[row < beams.count ? row : 0]
      return (beam.tokens.last ?? SpecialToken.beginning.id, beam.origin)
    }
  }

  /// Takes in what may follow.
  ///
  /// - Parameter scores: Row by row, the logarithm of each token's probability to come next.
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
    // Greedy search ends with its first end.
    let isGreedyEnd = width == 1 && candidates.first?.tokens.last == SpecialToken.end.id
    beams = []
    for candidate in candidates where beams.count < width {
      guard candidate.tokens.last == SpecialToken.end.id else {
        beams.append(candidate)
        continue
      }
      let score = score(candidate.logProbability, length: length)
      let place = complete.firstIndex { $0.score < score } ?? complete.count
      complete.insert((candidate.tokens.dropLast(), score), at: place)
      if complete.count > width { complete.removeLast() }
    }
    guard let leader = beams.first else {
      isFinished = true
      // Whose rows go on beside others' must have a token.
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

  /// The tokens with the greatest scores, the greatest first, the earlier of equals first, without
  /// those that stand for no text.
  private static func mostProbable<Scalar: BinaryFloatingPoint>(
    _ count: Int, of scores: Slice<UnsafeBufferPointer<Scalar>>
  ) -> [Int] {
    var kept: [(token: Int, score: Scalar)] = []
    kept.reserveCapacity(count + 1)
    var least = -Scalar.infinity
    for (token, score) in scores.enumerated() where score > least || kept.count < count {
      if neverWritten.contains(TokenID(token)) { continue }
      let place = kept.firstIndex { $0.score < score } ?? kept.count
      kept.insert((token, score), at: place)
      if kept.count > count { kept.removeLast() }
      if kept.count == count { least = kept[count - 1].score }
    }
    return kept.map(\.token)
  }

  private static let neverWritten: Set<TokenID> = [
    SpecialToken.padding.id, SpecialToken.beginning.id, SpecialToken.unknown.id,
  ]
}
