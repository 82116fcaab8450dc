public import NNCore
public import NNText

/// Pairs of texts as an encoder and a decoder take them: tokens, filled up to common lengths.
///
/// In training the decoder sees the beginning token and the target, and is to give the target and
/// the end token: at each step the next token, from the right ones before (teacher forcing).
public struct SentencePairs: Sendable {
  /// The sources with an end token each, int32 [N, S]; padding behind it.
  public let sources: HostTensor
  /// The tokens of each source, its end included, int32 [N].
  public let sourceLengths: HostTensor
  /// The targets with a beginning token each, int32 [N, T]; padding behind.
  public let decoderInputs: HostTensor
  /// The targets with an end token each, int32 [N, T]; `Dataset.ignoredLabel` behind it.
  public let labels: HostTensor
  /// The tokens of each row of `decoderInputs` and `labels`, int32 [N].
  public let targetLengths: HostTensor
  /// The texts, row by row.
  public let texts: TextPairs
  /// How many pairs were left out because a side of them was too long.
  public let droppedCount: Int

  /// Makes tokens of pairs of texts.
  ///
  /// - Parameters:
  ///   - texts: The pairs.
  ///   - sourceTokenizer: What makes tokens of sources.
  ///   - targetTokenizer: What makes tokens of targets.
  ///   - maxLength: The most tokens that a source with its end or a target with its beginning may
  ///     have; pairs with longer ones are left out. Nil, the default, keeps all pairs.
  /// - Throws: `NNError` for a length below 1 or so small that no pair is left, and what a tokenizer
  ///   throws, naming the line.
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
        hint: "give the source a `max_length`; longer pairs are left out")
    }
    let end = [SpecialToken.end.id]
    let padding = SpecialToken.padding.id
    self.sources = Self.filled(sources.map { $0 + end }, with: padding)
    sourceLengths = HostTensor(sources.map { Int32($0.count + 1) })
    decoderInputs = Self.filled(
      targets.map { [SpecialToken.beginning.id] + $0 }, with: padding)
    labels = Self.filled(targets.map { $0 + end }, with: Dataset.ignoredLabel)
    targetLengths = HostTensor(targets.map { Int32($0.count + 1) })
    self.texts = kept.count == texts.count ? texts : texts.selecting(kept)
    droppedCount = texts.count - kept.count
  }

  /// Rows of one length: that of the longest.
  private static func filled(_ rows: [[TokenID]], with filler: TokenID) -> HostTensor {
    let width = rows.map(\.count).max() ?? 0
    var tokens: [TokenID] = []
    tokens.reserveCapacity(rows.count * width)
    for row in rows {
      tokens += row
      tokens += repeatElement(filler, count: width - row.count)
    }
    return HostTensor(tokens, shape: [rows.count, width])
  }
}
