import NNCore
import NNTestSupport
import NNText
import Testing

@Suite("byte-pair encoding")
struct BytePairTests {
  @Test func learnsTheMergesOfAnExampleByHand() throws {
    // Pairs: "ab" 4, "bc" 2, "bd" 2, then "ab"+"c" and "ab"+"d" 2 each, equal but for the order.
    let tokenizer = try BytePairTokenizer(training: "abd\nabc\nabd\nabc", merges: 10)
    let first: TokenID = 4
    let expected: [[TokenID]] = [
      [first + 97, first + 98], [260, first + 99], [260, first + 100],
    ]
    #expect(tokenizer.merges.map { [$0.left, $0.right] } == expected)
    #expect(tokenizer.vocabularySize == 263)
    #expect(try tokenizer.encode("abcab") == [261, 260])
    #expect(try tokenizer.encode("cab\n") == [first + 99, 260, first + 10])
    #expect(try tokenizer.bytes(of: 262) == Array("abd".utf8)[...])
  }

  @Test(arguments: 1...12)
  func learnsWhatCountingAnewLearns(seed: UInt64) throws {
    let text =
      seed % 3 == 0
      ? Texts.random(seed: seed, count: 400)
      : Texts.repetitive(seed: seed, count: 600, letters: Int(seed % 5) + 1)
    for minimumCount in [1, 2, 3] {
      let tokenizer = try BytePairTokenizer(
        training: text, merges: 150, minimumCount: minimumCount)
      let naive = try NaiveBytePairs(training: text, merges: 150, minimumCount: minimumCount)
      #expect(
        tokenizer.merges.map { [$0.left, $0.right] } == naive.merges.map { [$0.left, $0.right] })
      for other in [text, Texts.repetitive(seed: seed + 100, count: 300, letters: 4)] {
        #expect(try tokenizer.encode(other) == naive.encode(other))
      }
    }
  }

  @Test func learnsRunsOfOneByte() throws {
    // Overlapping pairs are counted, joined from left to right: aaaaaaa is 2 + 2 + 2 + 1.
    let text = String(repeating: "a", count: 7)
    let tokenizer = try BytePairTokenizer(training: text, merges: 1)
    #expect(try tokenizer.encode(text) == [260, 260, 260, 101])
    let naive = try NaiveBytePairs(training: text, merges: 9, minimumCount: 1)
    let all = try BytePairTokenizer(training: text, merges: 9, minimumCount: 1)
    #expect(all.merges.map { [$0.left, $0.right] } == naive.merges.map { [$0.left, $0.right] })
  }

  @Test func countsWordsAsOftenAsTheyAppear() throws {
    // "xy" occurs in three words once each, "zw" in one word that appears five times.
    let text = "axy bxy cxy" + String(repeating: " dzw", count: 5)
    let tokenizer = try BytePairTokenizer(training: text, merges: 1, minimumCount: 4)
    #expect(try tokenizer.decode([260]) == " d")
    #expect(try BytePairTokenizer(training: text, merges: 99, minimumCount: 6).merges.isEmpty)
  }

  @Test(arguments: Texts.chosen.indices)
  func returnsEveryTextByteForByte(index: Int) throws {
    let text = Texts.chosen[index]
    for training in ["the cat sat on the mat", Texts.random(seed: 5, count: 500), text + "x"] {
      let tokenizer = try BytePairTokenizer(training: training, merges: 200)
      let tokens = try tokenizer.encode(text)
      #expect(isIdentical(try tokenizer.decode(tokens), text))
      #expect(tokens.allSatisfy { (4..<TokenID(tokenizer.vocabularySize)).contains($0) })
      // Alone or with others, in a second call or the first: a text's tokens are the same.
      #expect(try tokenizer.encode(text) == tokens)
    }
  }

  @Test(arguments: 1...20)
  func returnsRandomTextsByteForByte(seed: UInt64) throws {
    let tokenizer = try BytePairTokenizer(
      training: Texts.random(seed: 77, count: 2_000), merges: 300)
    let text = Texts.random(seed: seed, count: 700)
    #expect(isIdentical(try tokenizer.decode(tokenizer.encode(text)), text))
  }

  @Test func shortensWhatItLearntFrom() throws {
    let text = String(repeating: "In the beginning was the word. ", count: 20)
    let tokenizer = try BytePairTokenizer(training: text, merges: 500)
    // Pieces whole: "In", 19 times " In", and six others 20 times, of which "." is a piece of its
    // own.
    #expect(try tokenizer.encode(text).count == 20 * 7 + 1)
    #expect(try tokenizer.encode("Inn").count == 2)
  }

  @Test func endsLongRunsInTime() throws {
    // One piece of some 55,000 letters: quadratic time would take minutes.
    let text = String(
      Texts.repetitive(seed: 3, count: 60_000, letters: 10).filter { $0 != " " })
    let tokenizer = try BytePairTokenizer(training: text, merges: 500)
    #expect(tokenizer.merges.count == 500)
    #expect(isIdentical(try tokenizer.decode(tokenizer.encode(text)), text))
  }

  @Test func knowsNoUnknownAndNoSpecialText() throws {
    let tokenizer = try BytePairTokenizer(training: "abc", merges: 0)
    #expect(tokenizer.vocabularySize == 260)
    #expect(try tokenizer.encode("\u{FFFD}\0<end>").allSatisfy { $0 >= 4 })
    #expect(try tokenizer.decode([1, 101, 3, 102, 2, 0, 0]) == "a\u{FFFD}b")
    // A character cut in two.
    #expect(try tokenizer.decode([4 + 0xC3]) == "\u{FFFD}")
  }

  @Test func refusesWrongNumbersAndEmptyText() throws {
    expectError("empty") { _ = try BytePairTokenizer(training: "", merges: 5) }
    expectError("merges is -1", "0...") { _ = try BytePairTokenizer(training: "a", merges: -1) }
    expectError("minimumCount is 0") {
      _ = try BytePairTokenizer(training: "a", merges: 1, minimumCount: 0)
    }
    let tokenizer = try BytePairTokenizer(training: "abab", merges: 1)
    expectError("tokens[1]", "token 261 does not exist", "0..<261") {
      _ = try tokenizer.decode([260, 261])
    }
    expectError("tokens[0]", "token -1") { _ = try tokenizer.decode([-1]) }
  }
}
