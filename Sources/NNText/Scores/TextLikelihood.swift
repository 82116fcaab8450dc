#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The likelihood of a text under a language model: perplexity and bits per character.
///
/// Both come from the summed negative log likelihood L = −Σ ln p(token | tokens before it), in
/// nats. Perplexity depends on the tokenizer; bits per character compare models with different
/// ones.
public struct TextLikelihood: Sendable, Hashable {
  /// L: the sum over all tokens, in nats.
  public private(set) var negativeLogLikelihood = 0.0
  /// How many tokens were predicted.
  public private(set) var tokenCount = 0
  /// How many characters (Unicode scalars) these tokens stand for.
  public private(set) var characterCount = 0

  /// Creates an empty sum.
  public init() {}

  /// Adds a part of the text.
  ///
  /// - Parameters:
  ///   - negativeLogLikelihood: The sum over the part's tokens, in nats: cross entropy with
  ///     reduction `sum`.
  ///   - tokens: How many tokens were predicted.
  ///   - characters: How many characters, Unicode scalars of the decoded text, they stand for.
  public mutating func add(negativeLogLikelihood: Double, tokens: Int, characters: Int) {
    self.negativeLogLikelihood += negativeLogLikelihood
    tokenCount += tokens
    characterCount += characters
  }

  /// exp(L / tokens): a model that is undecided among k equally probable tokens has perplexity k; 1
  /// is certainty. NaN without tokens.
  public var perplexity: Double { exp(negativeLogLikelihood / Double(tokenCount)) }

  /// L / (ln 2 · tokens), in bits. NaN without tokens.
  public var bitsPerToken: Double { bits / Double(tokenCount) }

  /// L / (ln 2 · characters), in bits: the size of the text per character when compressed with this
  /// model. NaN without characters.
  public var bitsPerCharacter: Double { bits / Double(characterCount) }

  private var bits: Double { negativeLogLikelihood / log(2) }
}
