import NNCore
import NNText

/// Texts that are inputs of examples, as read: what a tokenizer is trained on.
struct RawTexts: Sendable {
  /// The texts as tokens, and what was cut or unknown.
  struct Encoded {
    /// Tokens int32 [N, T], padded, with their lengths int32 [N].
    let inputs: Ports<HostTensor>
    let notes: [DataNote]
  }

  /// The texts.
  let texts: [String]
  /// How they become tokens.
  let tokens: TextTokens
  /// The texts in notes: `column "review"`, or `texts`.
  let subject: String
  /// The file or folder.
  let source: String
  /// Names the text of an index in messages.
  let place: @Sendable (Int) -> String

  /// Creates the texts of a source.
  ///
  /// - Parameters:
  ///   - texts: The texts.
  ///   - tokens: How they become tokens.
  ///   - column: Their column in messages; nil (default) where they are no column of a table.
  ///   - source: The file or folder.
  ///   - place: Names the text of an index in messages.
  /// - Throws: `NNError` naming the first text that is empty, unless these are unknown.
  init(
    _ texts: [String], tokens: TextTokens, column: String? = nil, source: String,
    place: @escaping @Sendable (Int) -> String
  ) throws(NNError) {
    for (row, text) in texts.enumerated() {
      do throws(NNError) { try Self.check(text, tokens, column: column) } catch {
        throw error.at(place(row))
      }
    }
    self.texts = texts
    self.tokens = tokens
    subject = column ?? "texts"
    self.source = source
    self.place = place
  }

  /// Reads a text from each file of a folder.
  ///
  /// - Throws: `NNError` that lists the files that cannot be read or are empty, with their reasons.
  init(
    files: [ImageListing.File], in folder: String, tokens: TextTokens
  ) throws(NNError) {
    texts = try TextFiles.read(files, in: folder) { (text) throws(NNError) in
      try Self.check(text, tokens)
    }
    self.tokens = tokens
    subject = "texts"
    source = folder
    place = { files[$0].path }
  }

  private static func check(
    _ text: String, _ tokens: TextTokens, column: String? = nil
  ) throws(NNError) {
    guard tokens.empty == .error, isEmpty(text) else { return }
    throw .invalid(
      "\(column.map { "\($0): " } ?? "")the text is empty",
      hint: "remove it, or read empty texts as one unknown token with `empty: unknown`")
  }

  /// Whether a text holds nothing but white space.
  static func isEmpty(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }

  /// Trains a tokenizer on some texts: words of other ones must not be known to a network that is
  /// judged by them.
  ///
  /// - Parameter rows: The training texts.
  func tokenizer(training rows: [Int]) throws(NNError) -> any Tokenizer {
    do throws(NNError) {
      return try tokens.tokenizer(training: rows.map { texts[$0] })
    } catch {
      throw error.at(source)
    }
  }

  /// The texts as tokens.
  ///
  /// - Parameters:
  ///   - tokenizer: The tokenizer of the training texts.
  ///   - limit: The largest number of tokens; nil for no limit.
  /// - Throws: `NNError` where the padded texts exceed the available memory.
  func encoded(_ tokenizer: any Tokenizer, limit: Int?) throws(NNError) -> Encoded {
    let limit = limit ?? .max
    let unknown = SpecialToken.unknown.id
    var all: [TokenID] = []
    var lengths: [Int] = []
    lengths.reserveCapacity(texts.count)
    var (cutCount, unknownCount, emptyCount) = (0, 0, 0)
    for (row, text) in texts.enumerated() {
      guard !Self.isEmpty(text) else {
        emptyCount += 1
        all.append(unknown)
        lengths.append(1)
        continue
      }
      let own: ArraySlice<TokenID>
      do throws(NNError) { own = try tokenizer.encode(text)[...] } catch {
        throw error.at(place(row))
      }
      let kept = own.prefix(limit)
      if kept.count < own.count { cutCount += 1 }
      for token in kept where token == unknown { unknownCount += 1 }
      all += kept
      lengths.append(kept.count)
    }
    try PaddingLimit.check(
      lengths, stepByteCount: MemoryLayout<TokenID>.size, place: place,
      hint: "set `max_length` of the texts; longer ones are cut")
    let plain = (tokenizer as? PreparedTokenizer)?.base ?? tokenizer
    let unit = plain is CharacterTokenizer ? "characters" : "words"
    let notes = [
      (unknownCount, "\(unit) outside the vocabulary, read as unknown"),
      (cutCount, "texts longer than \(limit) tokens, cut at the end"),
      (emptyCount, "empty texts, read as one unknown token"),
    ].filter { $0.0 > 0 }.map { DataNote(subject: subject, what: $0.1, count: $0.0) }
    return Encoded(inputs: Self.padded(all, lengths), notes: notes)
  }

  private static func padded(_ tokens: [TokenID], _ lengths: [Int]) -> Ports<HostTensor> {
    let steps = lengths.max() ?? 0
    var padded = [TokenID](repeating: SpecialToken.padding.id, count: lengths.count * steps)
    var start = 0
    for (row, length) in lengths.enumerated() {
      padded.replaceSubrange(
        row * steps..<row * steps + length, with: tokens[start..<start + length])
      start += length
    }
    return Ports(
      HostTensor(padded, shape: [lengths.count, steps]),
      lengths: HostTensor(lengths.map { Int32(clamping: $0) }))
  }
}
