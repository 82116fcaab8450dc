public import NNCore

/// Replaces random tokens by one that stands for an unknown one.
///
/// Source: Bowman et al., "Generating sentences from a continuous space", CoNLL 2016 (word dropout).
public struct TokenMask: Augmentation {
  /// The probability for each token.
  public let probability: Double
  /// The token that replaces others; nil for that of unknown words in texts.
  public let token: Int?

  /// Creates the augmentation.
  ///
  /// - Parameters:
  ///   - probability: The probability for each token; 0.1 by default.
  ///   - token: The token that replaces others; nil (default) for that of unknown words in texts.
  public init(probability: Double = 0.1, token: Int? = nil) {
    self.probability = probability
    self.token = token
  }

  /// The name in config files: `token_mask`.
  public var name: String { "token_mask" }
  /// Texts.
  public var kinds: Set<ExampleKind> { [.tokens] }

  /// The same layout; an error for a token outside the vocabulary, and for data without a token for unknown words.
  public func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout {
    guard let token = token ?? layout.unknownToken else {
      throw .invalid(
        "arrays of tokens have no token for unknown words",
        hint: "name the one that replaces others: token_mask: {token: …}")
    }
    guard (0..<layout.vocabulary).contains(token) else {
      throw .invalid(
        "`token` is \(token), beyond the \(layout.vocabulary) tokens 0 to "
          + "\(layout.vocabulary - 1) of the vocabulary")
    }
    return layout
  }

  /// Masks random tokens.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let layout = example.layout
    guard let token = token ?? layout.unknownToken else { return }
    for index in 0..<example.validHeight {
      // Every token takes a draw, so that a mask does not depend on the others.
      let isMasked = random.happens(probability)
      if isMasked, Int(example.values[index]) >= layout.specialTokens {
        example.values[index] = Double(token)
      }
    }
  }
}
