public import NNCore
public import NNText

/// Pairs of texts as tokens, padded to common lengths, for an encoder and a decoder.
///
/// In training the decoder reads the beginning token and the target, and predicts the target and
/// the end token: at each step the next token from the correct previous ones (teacher forcing).
public struct SentencePairs: Sendable {
  /// The sources with an end token each, int32 [N, S], padded.
  public let sources: HostTensor
  /// The tokens of each source, its end included, int32 [N].
  public let sourceLengths: HostTensor
  /// The targets with a beginning token each, int32 [N, T], padded.
  public let decoderInputs: HostTensor
  /// The targets with an end token each, int32 [N, T], padded with `Dataset.ignoredLabel`.
  public let labels: HostTensor
  /// The number of tokens of each target in `decoderInputs` and `labels`, int32 [N].
  public let targetLengths: HostTensor
  /// The texts of the pairs, in the same order.
  public let texts: TextPairs
  /// The number of pairs that were left out because a side was too long.
  public let droppedCount: Int

  /// Tokenizes pairs of texts.
  ///
  /// - Parameters:
  ///   - texts: The pairs.
  ///   - sourceTokenizer: The tokenizer of the sources.
  ///   - targetTokenizer: The tokenizer of the targets.
  ///   - maxLength: The largest number of tokens of a source with its end or a target with its
  ///     beginning; pairs with longer ones are left out. Nil (default) keeps all pairs.
  /// - Throws: `NNError` for a length below 1 or so small that no pair is left, and what a
  ///   tokenizer throws, naming the line.
  public init(
    _ texts: TextPairs, sourceTokenizer: any Tokenizer, targetTokenizer: any Tokenizer,
    maxLength: Int? = nil
  ) throws(NNError) {
    if let maxLength, maxLength < 1 {
      throw .invalid("a length of \(maxLength) tokens; expected 1 or more", at: texts.path)
    }
    var kept: [Int] = []
    var sources: [[TokenID]] = []
    var targets: [[TokenID]] = []
    var shortest = Int.max
    for row in 0..<texts.count {
      let source: [TokenID]
      let target: [TokenID]
      do throws(NNError) {
        source = try sourceTokenizer.encode(texts.sources[row])
        target = try targetTokenizer.encode(texts.targets[row])
      } catch {
        throw error.at("\(texts.path):\(texts.lines[row])")
      }
      let length = max(source.count, target.count) + 1
      shortest = min(shortest, length)
      guard length <= maxLength ?? length else { continue }
      kept.append(row)
      sources.append(source)
      targets.append(target)
    }
    guard !kept.isEmpty else {
      throw .invalid(
        "all \(texts.count) pairs are longer than \(maxLength ?? 0) tokens; the shortest has "
          + "\(shortest)", at: texts.path)
    }
    for side in [sources, targets] {
      try PaddingLimit.check(
        side.map { $0.count + 1 }, stepByteCount: 4,
        place: { "\(texts.path):\(texts.lines[kept[$0]])" },
        hint: "set `max_length` of the source; longer pairs are left out")
    }
    let end = [SpecialToken.end.id]
    let padding = SpecialToken.padding.id
    self.sources = Self.padded(sources.map { $0 + end }, with: padding)
    sourceLengths = HostTensor(sources.map { Int32($0.count + 1) })
    decoderInputs = Self.padded(
      targets.map { [SpecialToken.beginning.id] + $0 }, with: padding)
    labels = Self.padded(targets.map { $0 + end }, with: Dataset.ignoredLabel)
    targetLengths = HostTensor(targets.map { Int32($0.count + 1) })
    self.texts = kept.count == texts.count ? texts : texts.selecting(kept)
    droppedCount = texts.count - kept.count
  }

  /// Sequences padded to the length of the longest.
  private static func padded(_ sequences: [[TokenID]], with padding: TokenID) -> HostTensor {
    let length = sequences.map(\.count).max() ?? 0
    var tokens: [TokenID] = []
    tokens.reserveCapacity(sequences.count * length)
    for sequence in sequences {
      tokens += sequence
      tokens += repeatElement(padding, count: length - sequence.count)
    }
    return HostTensor(tokens, shape: [sequences.count, length])
  }
}
