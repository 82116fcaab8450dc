import NNCore
import NNData
import NNTestSupport
import NNText
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("Pairs of texts")
struct SentencePairsTests {
  /// Reads pairs from a file with these bytes.
  private func read(_ bytes: [UInt8]) throws -> TextPairs {
    let folder = try TemporaryFolder()
    let path = try folder.write(Data(bytes), to: "a.tsv")
    return try withExtendedLifetime(folder) { try TextPairs(path: path) }
  }

  private func read(_ text: String) throws -> TextPairs { try read(Array(text.utf8)) }

  private func pairs(_ texts: TextPairs, maxLength: Int? = nil) throws -> SentencePairs {
    // Tokens 4, 5, 6 are a, b, c; A and B are the tokens of the other side.
    try SentencePairs(
      texts, sourceTokenizer: CharacterTokenizer(training: "abc"),
      targetTokenizer: CharacterTokenizer(training: "AB"), maxLength: maxLength)
  }

  @Test(arguments: [
    "a\tA\nb c\tB, B\n", "a\tA\r\nb c\tB, B\r\n", "\u{FEFF}\n\na\tA\r\n\r\nb c\tB, B",
  ])
  func readsLinesWithATab(text: String) throws {
    let texts = try read(text)
    #expect(texts.sources == ["a", "b c"])
    #expect(texts.targets == ["A", "B, B"])
    #expect(texts.count == 2)
    #expect(texts.lines == (text.hasPrefix("\u{FEFF}") ? [3, 5] : [1, 2]))
    #expect(texts.selecting([1]).sources == ["b c"])
  }

  @Test func keepsOtherWhiteSpaceAsItIs() throws {
    // Carriage returns within lines, and characters that other programs treat as line ends.
    let texts = try read(" a\rb\u{2028}\t \u{85}c \n")
    #expect(texts.sources == [" a\rb\u{2028}"])
    #expect(texts.targets == [" \u{85}c "])
  }

  @Test(arguments: [
    ("a\tA\nbB\n", "a.tsv:2: there is no tab in the line"),
    ("a\tA\n\n  \n", "a.tsv:3: there is no tab in the line"),
    ("a\tA\tB\n", "a.tsv:1: there are 2 tabs in the line"),
    ("a\tA\r\n\tB", "a.tsv:2: the source before the tab is empty"),
    ("a\tA\r\nb\t  \r\n", "a.tsv:2: the target after the tab is empty"),
    ("", "a.tsv: the file is empty"), ("\r\n\n", "a.tsv: holds no pairs of texts"),
  ])
  func namesTheWrongLine(text: String, message: String) {
    expectError(message) { _ = try read(text) }
  }

  @Test func namesTheByteThatIsNoUTF8() {
    expectError("a.tsv: not UTF-8 at byte 9 (line 2): found 0xFF") {
      _ = try read(Array("é\tÁ\nb\tB".utf8) + [0xFF, 0x0A])
    }
  }

  @Test func fillsTokensUp() throws {
    let texts = try read("a\tAB\nabc\tB\nba\tABA\n")
    let pairs = try pairs(texts)
    let (beginning, end, none) = (Int32(1), Int32(2), Int32(-100))
    #expect(
      pairs.sources
        == HostTensor([4, end, 0, 0, 4, 5, 6, end, 5, 4, end, 0], shape: [3, 4]))
    #expect(pairs.sourceLengths == HostTensor([Int32(2), 4, 3]))
    #expect(
      pairs.decoderInputs
        == HostTensor([beginning, 4, 5, 0, beginning, 5, 0, 0, beginning, 4, 5, 4], shape: [3, 4]))
    #expect(
      pairs.labels
        == HostTensor([4, 5, end, none, 5, end, none, none, 4, 5, 4, end], shape: [3, 4]))
    #expect(pairs.targetLengths == HostTensor([Int32(3), 2, 4]))
    #expect(pairs.texts == texts)
    #expect(pairs.droppedCount == 0)
  }

  @Test func leavesLongPairsOut() throws {
    let texts = try read("a\tAB\nabc\tB\nba\tABA\nc\tA\n")
    let some = try pairs(texts, maxLength: 3)
    #expect(some.texts.lines == [1, 4])
    #expect(some.droppedCount == 2)
    #expect(some.sources == HostTensor([Int32(4), 2, 6, 2], shape: [2, 2]))
    #expect(some.labels == HostTensor([Int32(4), 5, 2, 4, 2, -100], shape: [2, 3]))
    #expect(try pairs(texts, maxLength: 4).droppedCount == 0)
    expectError("all 4 pairs are longer than 1 tokens; the shortest has 2") {
      _ = try pairs(texts, maxLength: 1)
    }
    expectError("a length of 0 tokens; expected 1 or more") {
      _ = try pairs(texts, maxLength: 0)
    }
  }

  @Test func namesTheLineOfUnknownCharacters() throws {
    let texts = try read("a\tA\n\nab\tx\n")
    expectError("a.tsv:3: character 1 (line 1", "\"x\" (U+0078)") { _ = try pairs(texts) }
  }

  @Test func decodesToTheTexts() throws {
    let texts = try read("In the beginning\tEN el principio\nlight\tla luz\n")
    let tokenizer = try BytePairTokenizer(
      training: (texts.sources + texts.targets).joined(separator: "\n"), merges: 10)
    let pairs = try SentencePairs(
      texts, sourceTokenizer: tokenizer, targetTokenizer: tokenizer)
    for row in 0..<texts.count {
      let source = pairs.sources.rows(row..<row + 1).scalars(as: Int32.self)
      let input = pairs.decoderInputs.rows(row..<row + 1).scalars(as: Int32.self)
      let labels = pairs.labels.rows(row..<row + 1).scalars(as: Int32.self)
      #expect(try tokenizer.decode(source) == texts.sources[row])
      #expect(try tokenizer.decode(input) == texts.targets[row])
      let length = Int(pairs.targetLengths.scalars(as: Int32.self)[row])
      // The label of a step is the input of the next.
      #expect(labels[..<(length - 1)] == input[1..<length].map { $0 }[...])
      #expect(labels[length - 1] == SpecialToken.end.id)
    }
  }
}
