import NNCore
import NNText

/// The kinds of tokens of a text.
public enum TokenLevel: Sendable, Hashable {
  /// One token per character of the whole text, whichever part of it is trained on.
  case character
  /// One token per word, up to a vocabulary size; other words are unknown, and so are those that
  /// appear less often than `minimumCount` (1 by default).
  case word(vocabularySize: Int, minimumCount: Int = 1)
  /// Byte-pair encoding: one token per byte, and one per merge.
  case bytePair(merges: Int)

  /// Trains a tokenizer.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - allowsUnknown: Whether characters that the text lacks are unknown instead of errors.
  /// - Throws: `NNError` for an empty text, and where no word appears often enough.
  func tokenizer(
    training text: String, allowsUnknown: Bool = false
  ) throws(NNError) -> any Tokenizer {
    switch self {
    case .character: return try CharacterTokenizer(training: text, allowsUnknown: allowsUnknown)
    case .word(let size, let count):
      return try WordTokenizer(training: text, vocabularySize: size, minimumCount: count)
    case .bytePair(let merges): return try BytePairTokenizer(training: text, merges: merges)
    }
  }
}
