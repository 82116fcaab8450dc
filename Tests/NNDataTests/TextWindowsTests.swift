import NNCore
import NNData
import NNTestSupport
import NNText
import Testing

@Suite("Windows of texts")
struct TextWindowsTests {
  private func tokenizer(_ text: String) throws -> CharacterTokenizer {
    try CharacterTokenizer(training: text)
  }

  @Test(arguments: [2, 3, 4, 7, 8, 9, 25], [(1, 0), (3, 0), (3, 2), (4, 1), (24, 0), (24, 23)])
  func everyTokenIsATargetOnce(count: Int, cut: (context: Int, overlap: Int)) throws {
    let text = String((0..<count).map { Character(Unicode.Scalar(UInt8(65 + $0))) })
    let tokenizer = try tokenizer(text)
    let (context, overlap) = cut
    guard count > context else {
      expectError("the text has \(count) tokens; windows of \(context) and the token after need") {
        _ = try TextWindows(text, tokenizer: tokenizer, context: context, overlap: overlap)
      }
      return
    }
    let windows = try TextWindows(text, tokenizer: tokenizer, context: context, overlap: overlap)
    let tokens = try tokenizer.encode(text)
    let inputs = windows.inputs.scalars(as: Int32.self)
    let targets = windows.targets.scalars(as: Int32.self)
    let rows = windows.inputs.shape[0]
    #expect(windows.inputs.shape == [rows, context])
    #expect(windows.targets.shape == [rows, context])
    // In order, and each once; letters follow each other, so the target of an input is the next.
    #expect(targets.filter { $0 != Dataset.ignoredLabel } == Array(tokens.dropFirst()))
    for (input, target) in zip(inputs, targets) where target != Dataset.ignoredLabel {
      #expect(target == input + 1)
    }
    for row in 0..<rows {
      let start = inputs[row * context]
      #expect(
        Array(inputs[row * context..<(row + 1) * context])
          == (0..<context).map { start + Int32($0) })
      let ignored = targets[row * context..<(row + 1) * context]
        .prefix { $0 == Dataset.ignoredLabel }.count
      let isInner = row > 0 && row < rows - 1
      #expect(!isInner || ignored == overlap)
      #expect(row > 0 || ignored == 0)
    }
    let steps = max(0, count - 1 - context)
    #expect(rows == 1 + (steps + context - overlap - 1) / (context - overlap))
    #expect(windows.targetCount == count - 1)
    #expect(windows.charactersPerToken == 1)
  }

  @Test func countsTheCharactersOfLongTokens() throws {
    // Tokens: "été", " 👍", " été".
    let text = "été 👍 été"
    let tokenizer = try WordTokenizer(training: text)
    #expect(tokenizer.encode(text).count == 3)
    let windows = try TextWindows(text, tokenizer: tokenizer, context: 1)
    #expect(windows.inputs.shape == [2, 1])
    #expect(windows.charactersPerToken == 3)
  }

  @Test(arguments: ["a", "é", "\u{301}"])
  func oneCharacterIsTooLittle(text: String) throws {
    let tokenizer = try tokenizer(text)
    expectError("book.txt: the text has 1 token; windows of 1 and the token after need 2") {
      _ = try TextWindows(text, tokenizer: tokenizer, context: 1, at: "book.txt")
    }
  }

  @Test func refusesTextsWithoutWindows() throws {
    let tokenizer = try tokenizer("abc\n")
    expectError("text: the text is empty") {
      _ = try TextWindows("", tokenizer: tokenizer, context: 1)
    }
    expectError("a context of 0 tokens; expected 1 or more") {
      _ = try TextWindows("abc", tokenizer: tokenizer, context: 0)
    }
    for overlap in [-1, 2] {
      expectError("windows of 2 tokens that overlap by \(overlap); expected 0 to 1") {
        _ = try TextWindows("abc", tokenizer: tokenizer, context: 2, overlap: overlap)
      }
    }
    expectError("a.txt: character 4 (line 2, column 2) is \"ß\" (U+00DF)") {
      _ = try TextWindows("a\nbß", tokenizer: tokenizer, context: 1, at: "a.txt")
    }
  }

  @Test(arguments: ["", "a", "ab\r\ncd\r\n", "e\u{301}👩‍👩‍👧日本", String(repeating: "é\n", count: 501)])
  func partsOfATextAreAllOfIt(text: String) throws {
    #expect(Array(TextPart.whole.of(text).utf8) == Array(text.utf8))
    for limits in [[0.9], [0.5], [0.1, 0.2, 0.3], [1e-9], [1 - 1e-9]] {
      let ends = [0] + limits + [1]
      let parts = try zip(ends, ends.dropFirst()).map { try TextPart(from: $0, to: $1).of(text) }
      #expect(Array(parts.joined().utf8) == Array(text.utf8))
      for (part, limit) in zip(parts, limits.prefix(1)) {
        #expect(
          part.unicodeScalars.count == Int(Double(text.unicodeScalars.count) * limit))
      }
    }
  }

  @Test(arguments: [(-0.1, 1), (0, 1.5), (0.5, 0.5), (0.9, 0.1), (Double.nan, 1), (0, .nan)])
  func refusesOtherParts(from: Double, to: Double) {
    expectError("expected a part of a text with 0 ≤ from < to ≤ 1, found \(from) to \(to)") {
      _ = try TextPart(from: from, to: to)
    }
  }
}
