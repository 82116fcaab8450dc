import NNCore
import NNTestSupport
import NNText
import Testing

@Suite("characters")
struct CharacterTests {
  @Test func numbersCharactersByCodePoint() throws {
    let tokenizer = try CharacterTokenizer(training: "banana\né")
    #expect(tokenizer.characters == ["\n", "a", "b", "n", "é"])
    #expect(tokenizer.vocabularySize == 9)
    #expect(try tokenizer.encode("nabé\n") == [7, 5, 6, 8, 4])
    #expect(try tokenizer.decode([1, 7, 0, 5, 2, 3]) == "na\u{FFFD}")
    #expect(try tokenizer.encode("") == [])
    #expect(try tokenizer.bytes(of: 8) == [0xC3, 0xA9])
  }

  @Test(arguments: Texts.chosen.indices)
  func returnsEveryTextByteForByte(index: Int) throws {
    let text = Texts.chosen[index]
    let tokenizer = try CharacterTokenizer(training: text + "x")
    let tokens = try tokenizer.encode(text)
    #expect(isIdentical(try tokenizer.decode(tokens), text))
    #expect(tokens.count == text.unicodeScalars.count)
    #expect(tokenizer.vocabularySize == Set((text + "x").unicodeScalars).count + 4)
  }

  @Test(arguments: 1...10)
  func returnsRandomTextsByteForByte(seed: UInt64) throws {
    let text = Texts.random(seed: seed, count: 1_000)
    let tokenizer = try CharacterTokenizer(training: text)
    #expect(isIdentical(try tokenizer.decode(tokenizer.encode(text)), text))
  }

  @Test func namesUnknownCharactersAndTheirPlace() throws {
    let tokenizer = try CharacterTokenizer(training: "ab \n")
    expectError("character 1 ", "line 1, column 1", "\"é\" (U+00E9)", "among the 4", "train") {
      _ = try tokenizer.encode("é")
    }
    expectError("character 7 ", "line 3, column 3", "\"\\0\" (U+0000)") {
      _ = try tokenizer.encode("ab\n\nab\0c")
    }
    // The letter is known, the combining accent is not.
    expectError("character 2 ", "(U+0301)") { _ = try tokenizer.encode("a\u{301}") }
    expectError("character 1 ", "(U+1F388)") { _ = try tokenizer.encode("🎈") }
  }

  @Test func takesUnknownCharactersWhereAllowed() throws {
    let tokenizer = try CharacterTokenizer(training: "ab", allowsUnknown: true)
    #expect(try tokenizer.encode("aéb🎈") == [4, 3, 5, 3])
    #expect(try tokenizer.decode([4, 3, 5, 3]) == "a\u{FFFD}b\u{FFFD}")
  }

  @Test func refusesEmptyTextAndWrongTokens() throws {
    expectError("empty") { _ = try CharacterTokenizer(training: "") }
    expectError("tokens[2]", "token 6", "0..<6") {
      _ = try CharacterTokenizer(training: "ab").decode([4, 5, 6])
    }
  }
}

@Suite("words")
struct WordTests {
  @Test func numbersWordsByFrequencyThenBytes() throws {
    let tokenizer = try WordTokenizer(training: "the cat saw the dog, the dog saw the cat.")
    // " the" 3, " cat", " dog", " saw" 2, ",", ".", "the" 1.
    #expect(tokenizer.words == [" the", " cat", " dog", " saw", ",", ".", "the"])
    #expect(tokenizer.encode("the dog. a") == [10, 6, 9, 3])
    #expect(try tokenizer.decode([10, 6, 9, 3]) == "the dog.\u{FFFD}")
    #expect(tokenizer.vocabularySize == 11)
    #expect(tokenizer.encode("") == [])
  }

  @Test func keepsTheMostFrequent() throws {
    let text = "a a a b b c c d"
    let limited = try WordTokenizer(training: text, vocabularySize: 6)
    #expect(limited.words == [" a", " b"])
    #expect(try WordTokenizer(training: text, minimumCount: 2).words == [" a", " b", " c"])
    #expect(limited.encode("a a d") == [3, 4, 3])
  }

  @Test(arguments: Texts.chosen.indices)
  func returnsWhatItLearntFromByteForByte(index: Int) throws {
    let text = Texts.chosen[index]
    guard !text.isEmpty else { return }
    let tokenizer = try WordTokenizer(training: text)
    #expect(isIdentical(try tokenizer.decode(tokenizer.encode(text)), text))
  }

  @Test func refusesOptionsThatLeaveNoWord() throws {
    expectError("empty") { _ = try WordTokenizer(training: "") }
    expectError("vocabularySize 4", "5 or more") {
      _ = try WordTokenizer(training: "a", vocabularySize: 4)
    }
    expectError("minimumCount 2") { _ = try WordTokenizer(training: "a b", minimumCount: 2) }
    expectError("minimumCount is 0") { _ = try WordTokenizer(training: "a", minimumCount: 0) }
    expectError("tokens[0]", "token 5") { _ = try WordTokenizer(training: "a").decode([5]) }
  }

  /// The words of a text in order.
  static func pieces(_ text: String) throws -> [String] {
    let tokenizer = try WordTokenizer(training: text)
    return try tokenizer.encode(text).map { try tokenizer.decode([$0]) }
  }

  @Test(arguments: [
    ("the cat", ["the", " cat"]), ("a  b", ["a", " ", " b"]),
    ("a\n\nb\n c", ["a", "\n\n", "b", "\n", " c"]),
    (" a ", [" a", " "]), ("don't 'tis", ["don't", " '", "tis"]), ("l’eau's", ["l’eau's"]),
    ("a' b", ["a", "'", " b"]), ("x1 22", ["x", "1", " 22"]),
    ("3.5, -7", ["3", ".", "5", ",", " -", "7"]),
    ("e\u{301}a \u{301}", ["e\u{301}a", " \u{301}"]), ("hi!? (no)", ["hi", "!?", " (", "no", ")"]),
    ("👩‍👩‍👧👍 a", ["👩‍👩‍👧👍", " a"]), ("a\tb", ["a", "\t", "b"]), ("a \t b", ["a", " \t", " b"]),
    ("a\u{A0}b", ["a", "\u{A0}", "b"]), ("می‌خواهم", ["می‌خواهم"]),
  ])
  func cutsAsSaid(text: String, expected: [String]) throws {
    let pieces = try Self.pieces(text)
    #expect(pieces.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(pieces)")
  }

  @Test(arguments: 1...20)
  func cutsAsThePatternSays(seed: UInt64) throws {
    let text = Texts.random(seed: seed, count: 600)
    #expect(try Self.pieces(text).map { Array($0.utf8) } == naivePieces(text))
  }

  @Test func findsWordsAmongMany() throws {
    // More words than the table has slots at first, so that it grows several times.
    let words = (0..<5_000).map { "w" + String(String($0, radix: 2).map { $0 == "1" ? "x" : "y" }) }
    let text = words.joined(separator: "\n")
    let tokenizer = try WordTokenizer(training: text)
    #expect(isIdentical(try tokenizer.decode(tokenizer.encode(text)), text))
    #expect(Set(tokenizer.words).count == tokenizer.vocabularySize - 4)
  }
}

@Suite("prepared texts")
struct PreparedTokenizerTests {
  @Test func convertsBeforeItEncodes() throws {
    let base = try WordTokenizer(training: "é one i\u{307}")
    let tokenizer = PreparedTokenizer(base, TextPreparation(lowercase: true))
    #expect(try tokenizer.encode("É ONE") == base.encode("é one"))
    #expect(tokenizer.vocabularySize == base.vocabularySize)
    #expect(try tokenizer.decode(tokenizer.encode("É One")) == "é one")
    // İ becomes two scalars, as Unicode says.
    #expect(try tokenizer.encode(" İ") == base.encode(" i\u{307}"))
  }

  @Test func aFirstWordIsTheSameTokenAsElsewhere() throws {
    let base = try WordTokenizer(training: " a b a")
    let tokenizer = PreparedTokenizer(base, TextPreparation(leadingSpace: true))
    #expect(try tokenizer.encode("b a") == [5, 4])
    #expect(try tokenizer.encode(" b a") == [5, 4])
    #expect(try tokenizer.encode("") == [])
    #expect(try tokenizer.encode("B") == [SpecialToken.unknown.id])
    #expect(TextPreparation()("A") == "A" && TextPreparation().isIdentity)
  }
}
