public import NNCore
public import NNText

/// A part of a text, as fractions of its characters (Unicode scalars).
///
/// Parts that share a limit, such as 0 to 0.9 and 0.9 to 1, neither overlap nor leave anything out.
public struct TextPart: Sendable, Hashable {
  /// The start, 0…1.
  public let from: Double
  /// The end, 0…1.
  public let to: Double

  /// All of a text.
  public static let whole = TextPart(unchecked: 0, 1)

  /// Creates a part.
  ///
  /// - Throws: `NNError` unless 0 ≤ from < to ≤ 1.
  public init(from: Double = 0, to: Double = 1) throws(NNError) {
    guard from >= 0, from < to, to <= 1 else {
      throw .invalid(
        "expected a part of a text with 0 ≤ from < to ≤ 1, found \(from) to \(to)")
    }
    self.init(unchecked: from, to)
  }

  private init(unchecked from: Double, _ to: Double) { (self.from, self.to) = (from, to) }

  /// The part of a text: of n characters those in ⌊n · from⌋ ..< ⌊n · to⌋.
  public func of(_ text: String) -> String {
    let characters = text.unicodeScalars
    let count = Double(characters.count)
    let first = Int(count * from)
    let start = characters.index(characters.startIndex, offsetBy: first)
    let end = characters.index(start, offsetBy: Int(count * to) - first)
    return String(characters[start..<end])
  }
}

/// A text as examples for a model that predicts each token from those before it.
///
/// Every token but the first is a target in exactly one window, so sums over all windows are sums
/// over the text.
public struct TextWindows: Sendable {
  /// The windows, int32 [M, context].
  public let inputs: HostTensor
  /// The token after each of `inputs`, int32 [M, context]; `Dataset.ignoredLabel` where an earlier
  /// window has the same target.
  public let targets: HostTensor
  /// The number of targets that are not ignored: the number of tokens minus 1.
  public let targetCount: Int
  /// The average number of characters (Unicode scalars) per target: bits per token divided by this
  /// are bits per character.
  public let charactersPerToken: Double

  /// Cuts a text into windows.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - tokenizer: The tokenizer.
  ///   - context: The number of tokens of a window. The last window starts early enough to be full.
  ///   - overlap: The number of tokens at the start of a window that are also the last ones of the
  ///     window before: they are only context, and their targets are ignored.
  ///   - place: Names the text in errors.
  /// - Throws: `NNError` for a text with fewer than context + 1 tokens or without any, a context
  ///   below 1, an overlap that is negative or not below the context, and what the tokenizer
  ///   throws.
  public init(
    _ text: String, tokenizer: any Tokenizer, context: Int, overlap: Int = 0,
    at place: String = "text"
  ) throws(NNError) {
    guard context >= 1 else {
      throw .invalid("a context of \(context) tokens; expected 1 or more", at: place)
    }
    guard (0..<context).contains(overlap) else {
      throw .invalid(
        "windows of \(context) tokens that overlap by \(overlap); expected 0 to \(context - 1)",
        at: place)
    }
    guard !text.isEmpty else { throw .invalid("the text is empty", at: place) }
    let tokens: [TokenID]
    let first: ArraySlice<UInt8>
    do throws(NNError) {
      tokens = try tokenizer.encode(text)
      first = try tokens.first.map { token throws(NNError) in try tokenizer.bytes(of: token) } ?? []
    } catch {
      throw error.at(place)
    }
    guard tokens.count > context else {
      throw .invalid(
        "the text has \(tokens.count) token\(tokens.count == 1 ? "" : "s"); windows of \(context) "
          + "and the token after need \(context.addingSaturating(1))",
        at: place, hint: "use a longer text or a shorter context")
    }
    let count = (tokens.count - 1 - context) / (context - overlap) + 2
    try MemoryLimit.check(
      [count, context, 8].saturatingProduct, "\(count) windows of \(context) tokens", at: place,
      hint: "use a smaller overlap or a shorter context")
    targetCount = tokens.count - 1
    // Bytes 10xxxxxx continue a character.
    let firstCount = first.count { $0 & 0xC0 != 0x80 }
    charactersPerToken = Double(text.unicodeScalars.count - firstCount) / Double(targetCount)
    (inputs, targets) = Self.windows(of: tokens, context: context, stride: context - overlap)
  }

  private static func windows(
    of tokens: [TokenID], context: Int, stride: Int
  ) -> (HostTensor, HostTensor) {
    let last = tokens.count - 1 - context
    var starts = Array(Swift.stride(from: 0, to: last, by: stride))
    starts.append(last)
    let shape: Shape = [starts.count, context]
    var inputs = HostTensor(zeros: shape, dtype: .int32)
    var targets = inputs
    inputs.withMutableScalars(as: TokenID.self) { inputs in
      targets.withMutableScalars(as: TokenID.self) { targets in
        // The first token that is not a target of any window yet.
        var next = 1
        for (window, start) in starts.enumerated() {
          for step in 0..<context {
            let index = window * context + step
            let target = start + step + 1
            inputs[index] = tokens[target - 1]
            targets[index] = target < next ? Dataset.ignoredLabel : tokens[target]
          }
          next = start + context + 1
        }
      }
    }
    return (inputs, targets)
  }
}
