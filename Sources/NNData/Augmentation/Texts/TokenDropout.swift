public import NNCore

/// Deletes random tokens of texts, which become shorter; at least one remains.
///
/// Source: Wei, Zou, "EDA: easy data augmentation techniques for boosting performance on text
/// classification tasks", EMNLP 2019 (random deletion).
public struct TokenDropout: Augmentation {
  /// The probability for each token.
  public let probability: Double

  /// Creates the augmentation; the probability is 0.1 by default.
  public init(probability: Double = 0.1) { self.probability = probability }

  /// The name in config files: `token_dropout`.
  public var name: String { "token_dropout" }
  /// Texts.
  public var kinds: Set<ExampleKind> { [.tokens] }
  /// True: tokens move.
  public var movesPositions: Bool { true }

  /// The same layout; an error for data without lengths.
  public func layout(after layout: ExampleLayout) throws(NNError) -> ExampleLayout {
    guard layout.hasLengths else {
      throw .invalid(
        "deleted tokens make a text shorter, and these data have no lengths",
        hint: "use token_mask, which keeps the length")
    }
    return layout
  }

  /// Deletes random tokens.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let special = example.layout.specialTokens
    let length = example.validHeight
    var kept = 0
    for index in 0..<length {
      let token = example.values[index]
      let isDeleted = random.happens(probability) && Int(token) >= special
      let isLast = kept == 0 && index == length - 1
      guard !isDeleted || isLast else { continue }
      example.values[kept] = token
      kept += 1
    }
    for index in kept..<length { example.values[index] = Double(ExampleLayout.paddingToken) }
    example.length = kept
  }
}
