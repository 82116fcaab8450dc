import NNCore
import NNTestSupport
import NNText
import Testing

@Suite("decoding token by token")
struct StreamingDecoderTests {
  /// The texts of the bytes one at a time, then the rest.
  static func pieces(_ bytes: [UInt8]) throws -> [String] {
    var decoder = StreamingDecoder(try BytePairTokenizer(training: "a", merges: 0))
    return try bytes.map { try decoder.decode(4 + TokenID($0)) } + [decoder.finish()]
  }

  @Test func givesCharactersWhenTheyAreComplete() throws {
    #expect(
      try Self.pieces(Array("aé日🎈".utf8)) == ["a", "", "é", "", "", "日", "", "", "", "🎈", ""])
    #expect(try Self.pieces([0x61, 0xF0, 0x9F]) == ["a", "", "", "\u{FFFD}"])
    #expect(try Self.pieces([0xC3, 0x61, 0x80]) == ["", "\u{FFFD}a", "\u{FFFD}", ""])
  }

  @Test(arguments: 1...30)
  func givesTheSameAsAllAtOnce(seed: UInt64) throws {
    // Random bytes are mostly no UTF-8; every third text has whole characters between them.
    let generator = Philox(seed: seed)
    let choices: [UInt8] = [
      0x61, 0x80, 0xBF, 0xC0, 0xC3, 0xA9, 0xE0, 0xE2, 0x82, 0xED, 0xA0, 0xF0, 0x9F, 0xF4, 0x90,
      0xFF,
    ]
    var bytes = (0..<200).map { choices[generator.integer($0, below: choices.count)] }
    if seed % 3 == 0 { bytes += Array(Texts.random(seed: seed, count: 50).utf8) }
    let tokenizer = try BytePairTokenizer(
      training: Texts.random(seed: seed, count: 300), merges: 60)
    let pieces = try Self.pieces(bytes)
    #expect(
      isIdentical(pieces.joined(), try tokenizer.decode(bytes.map { 4 + TokenID($0) })))
    #expect(isIdentical(pieces.joined(), String(decoding: bytes, as: UTF8.self)))
  }

  @Test func passesSpecialTokensOverAndRefusesOthers() throws {
    var decoder = StreamingDecoder(try CharacterTokenizer(training: "ab"))
    #expect(try decoder.decode(1) == "")
    #expect(try decoder.decode(5) == "b")
    #expect(try decoder.decode(3) == "\u{FFFD}")
    expectError("token 6") { _ = try decoder.decode(6) }
    #expect(decoder.finish() == "")
  }
}
