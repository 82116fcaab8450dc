public import NNCore
import NNText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the next token is sampled from a model's scores.
///
/// p ∝ exp(score / temperature), restricted to the `topK` most probable tokens and, among these, to
/// the fewest whose probabilities sum to `topP`.
///
/// Source: Holtzman et al., "The curious case of neural text degeneration", 2020 (top-p).
public struct Sampling: Sendable, Hashable {
  /// Above 1 for more variety, below 1 for less; 0 always takes the most probable token.
  public let temperature: Double
  /// The number of most probable tokens to sample from; nil for all.
  public let topK: Int?
  /// The share of the probability to sample from, above 0 and at most 1; nil for all of it.
  public let topP: Double?
  /// The random seed: the same seed produces the same text.
  public let seed: UInt64

  /// Creates the options; by default tokens are sampled from the model's probabilities.
  ///
  /// - Throws: `NNError` for a temperature below 0, `topK` below 1 or `topP` outside 0…1.
  public init(
    temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, seed: UInt64 = 42
  ) throws(NNError) {
    guard temperature >= 0, temperature.isFinite else {
      throw .invalid("the temperature must be 0 or more, got \(temperature)")
    }
    if let topK, topK < 1 { throw .invalid("top-k must be 1 or more, got \(topK)") }
    if let topP, !(topP > 0 && topP <= 1) {
      throw .invalid("top-p must be above 0 and at most 1, got \(topP)")
    }
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.seed = seed
  }

  /// Samples a token.
  ///
  /// - Parameters:
  ///   - scores: A logit for each token.
  ///   - excluded: Tokens that are never sampled.
  ///   - step: The index of the sample; each has its own random number.
  func token(
    from scores: ArraySlice<Double>, excluding excluded: Set<TokenID>, step: Int
  ) -> TokenID {
    guard temperature > 0 else { return Self.mostProbable(scores, excluding: excluded) }
    var isDrawn = [Bool](repeating: true, count: scores.count)
    for token in excluded where isDrawn.indices.contains(Int(token)) { isDrawn[Int(token)] = false }
    var ranked: [(token: Int, score: Double)] = []
    ranked.reserveCapacity(scores.count)
    for (token, score) in scores.enumerated() where isDrawn[token] { ranked.append((token, score)) }
    // Ties are broken by token order, so the result is deterministic.
    ranked.sort { ($1.score, $0.token) < ($0.score, $1.token) }
    guard let best = ranked.first else { return SpecialToken.unknown.id }
    guard best.score.isFinite else { return TokenID(best.token) }
    var weights = ranked.prefix(topK ?? ranked.count).map {
      exp(($0.score - best.score) / temperature)
    }
    if let topP {
      let limit = topP * weights.reduce(0, +)
      var sum = 0.0
      let kept = weights.firstIndex { weight in
        sum += weight
        return sum >= limit
      }
      weights = Array(weights.prefix((kept ?? weights.count - 1) + 1))
    }
    let uniform = Philox(seed: seed, stream: Self.stream, step: UInt32(truncatingIfNeeded: step))
      .preciseUniform(0)
    var rest = uniform * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return TokenID(ranked[index].token) }
    }
    return TokenID(ranked[weights.count - 1].token)
  }

  private static func mostProbable(
    _ scores: ArraySlice<Double>, excluding excluded: Set<TokenID>
  ) -> TokenID {
    var best: (token: TokenID, score: Double)?
    for (index, score) in scores.enumerated() where best.map({ score > $0.score }) ?? true {
      let token = TokenID(index)
      if !excluded.contains(token) { best = (token, score) }
    }
    return best?.token ?? SpecialToken.unknown.id
  }

  private static let stream: UInt32 = 0x5345_0001
}
