import NNCore
import NNFormats
import NNTestSupport
import NNText
import Testing

@Suite("tokenizers in files")
struct TokenizerFileTests {
  static func tokenizers() throws -> [any Tokenizer] {
    let text = Texts.random(seed: 9, count: 800)
    return [
      try CharacterTokenizer(training: text),
      try CharacterTokenizer(training: "\"\\/\n\r\t\u{8}\u{C}\0\u{1F}é🎈", allowsUnknown: true),
      try WordTokenizer(training: text, minimumCount: 2),
      try WordTokenizer(training: "one \"two\" \\three \u{1} 'four'"),
      try BytePairTokenizer(training: text, merges: 120),
      try BytePairTokenizer(training: "a", merges: 0),
      PreparedTokenizer(
        try WordTokenizer(training: " one 'four' é"),
        TextPreparation(lowercase: true, leadingSpace: true)),
    ]
  }

  @Test(arguments: 0..<7)
  func comesBackAsItWas(index: Int) throws {
    let tokenizer = try Self.tokenizers()[index]
    let folder = try TemporaryFolder()
    let path = folder.path(TokenizerFile.name)
    try TokenizerFile.write(tokenizer, to: path)
    let loaded = try TokenizerFile.read(path)
    #expect(type(of: loaded) == type(of: tokenizer))
    #expect(loaded.vocabularySize == tokenizer.vocabularySize)
    for token in 0..<TokenID(tokenizer.vocabularySize) {
      #expect(try loaded.bytes(of: token) == tokenizer.bytes(of: token))
    }
    for text in ["one", "\0é", "'four' \"two\"", Texts.random(seed: 9, count: 800)] {
      // The tokenizers with few characters reject some of them, both with the same message.
      let expected = Result { () throws(NNError) in try tokenizer.encode(text) }
      let found = Result { () throws(NNError) in try loaded.encode(text) }
      #expect(found == expected)
    }
    #expect(try folder.text(of: TokenizerFile.name) == TokenizerFile.encoded(loaded))
  }

  @Test func keepsWhetherUnknownIsAllowed() throws {
    for allowsUnknown in [false, true] {
      let tokenizer = try CharacterTokenizer(training: "ab", allowsUnknown: allowsUnknown)
      let text = try TokenizerFile.encoded(tokenizer)
      let loaded = try TokenizerFile.tokenizer(Array(text.utf8), at: "a.json")
      #expect((loaded as? CharacterTokenizer)?.allowsUnknown == allowsUnknown)
    }
  }

  @Test func writesAMemberALine() throws {
    let tokenizer = try BytePairTokenizer(training: "tl atl atl", merges: 2)
    #expect(
      try TokenizerFile.encoded(tokenizer) == """
        {
          "format": "tokenizer",
          "version": 1,
          "type": "byte_pair",
          "special_tokens": {"padding": 0, "beginning": 1, "end": 2, "unknown": 3},
          "merges": [
            [120, 112],
            [36, 101]
          ]
        }

        """)
  }

  /// A document with the members that all have and the given ones.
  static func document(_ type: String, _ members: String) -> String {
    """
    {"format": "tokenizer", "version": 1, "type": "\(type)",
    "special_tokens": {"padding": 0, "beginning": 1, "end": 2, "unknown": 3}, \(members)}
    """
  }

  @Test(arguments: [
    ("", ["expected a value at byte 0", "the end"]),
    ("{\"format\": tokenizer}", ["at byte 11"]),
    ("[]", ["not a tokenizer"]),
    ("{\"format\": \"model\"}", ["not a tokenizer"]),
    ("{\"format\": \"tokenizer\", \"version\": 2}", ["\"version\": 1", "found 2"]),
    ("{\"format\": \"tokenizer\"}", ["\"version\": 1", "found nothing"]),
    (
      "{\"format\": \"tokenizer\", \"version\": 1, \"type\": 3}",
      ["text under \"type\"", "found 3"]
    ),
    (document("piece", "\"a\": 1"), ["unknown type \"piece\"", "byte_pair"]),
    (document("word", "\"merges\": []"), ["unknown member \"merges\""]),
    (document("word", "\"words\": [\"a\"], \"words\": []"), ["\"words\" appears twice"]),
    (document("word", "\"words\": {}"), ["list under \"words\"", "an object"]),
    (document("word", "\"words\": [\"a\", 2]"), ["words[1]", "expected a text"]),
    (document("word", "\"words\": [\"a\", \"b\", \"a\"]"), ["words[2]", "\"a\" appears twice"]),
    (document("word", "\"words\": [\"a\", \"\"]"), ["words[1]", "empty"]),
    (document("word", "\"words\": []"), ["words", "one word or more"]),
    (
      document("word", "\"words\": [\"a\"], \"lowercase\": 1"),
      ["true or false", "\"lowercase\"", "found 1"]
    ),
    (document("character", "\"characters\": [\"a\"]"), ["\"allows_unknown\"", "nothing"]),
    (
      document("character", "\"allows_unknown\": 1, \"characters\": [\"a\"]"),
      ["true or false", "found 1"]
    ),
    (
      document("character", "\"allows_unknown\": true, \"characters\": [\"a\", \"bc\"]"),
      ["characters[1]", "one character", "\"bc\""]
    ),
    (
      document("character", "\"allows_unknown\": true, \"characters\": [\"\"]"),
      ["characters[0]", "one character"]
    ),
    (
      document("character", "\"allows_unknown\": true, \"characters\": [\"é\", \"a\", \"é\"]"),
      ["characters[2]", "U+00E9", "twice"]
    ),
    (document("byte_pair", "\"merges\": [[4, 5], [4]]"), ["merges[1]", "two tokens"]),
    (document("byte_pair", "\"merges\": [[4, -5]]"), ["merges[0]", "two tokens"]),
    (document("byte_pair", "\"merges\": [[4, 9999999999]]"), ["merges[0]", "two tokens"]),
    (document("byte_pair", "\"merges\": [[4, 5], [261, 5]]"), ["merges[1]", "261", "4..<261"]),
    (document("byte_pair", "\"merges\": [[4, 3]]"), ["merges[0]", "token 3", "4..<260"]),
    (document("byte_pair", "\"merges\": [[4, 5], [4, 5]]"), ["merges[1]", "[4, 5]", "twice"]),
    (
      """
      {"format": "tokenizer", "version": 1, "type": "byte_pair",
      "special_tokens": {"padding": 1, "beginning": 0, "end": 2, "unknown": 3}, "merges": []}
      """, ["special_tokens", "padding 0"]
    ),
  ])
  func saysWhatIsWrongWhere(text: String, parts: [String]) throws {
    let error = #expect(throws: NNError.self) {
      _ = try TokenizerFile.tokenizer(Array(text.utf8), at: "t.json")
    }
    #expect(error?.kind == .invalidInput)
    for part in parts + ["t.json: "] {
      #expect("\(error as Any)".contains(part), "\(error as Any)")
    }
  }

  @Test func refusesMissingFilesAndOtherTypes() throws {
    struct Other: Tokenizer {
      var vocabularySize: Int { 4 }
      func encode(_ text: String) -> [TokenID] { [] }
      func bytes(of token: TokenID) -> ArraySlice<UInt8> { [] }
    }
    expectError("Other", "cannot be saved") { _ = try TokenizerFile.encoded(Other()) }
    let folder = try TemporaryFolder()
    expectError("no such file") { _ = try TokenizerFile.read(folder.path("none.json")) }
    expectError("t.json: not UTF-8") { _ = try TokenizerFile.tokenizer([0xFF], at: "t.json") }
  }
}

@Suite("text files")
struct TextFileTests {
  @Test(arguments: Texts.chosen.indices.dropFirst())
  func areReadUnchanged(index: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Texts.chosen[index], to: "a.txt")
    #expect(isIdentical(try TextFile.read(path), Texts.chosen[index]))
  }

  static let wrongBytes: [([UInt8], Int, Int, String)] = [
    ([0xFF], 0, 1, "FF"), ([0x61, 0x0A, 0xC3], 2, 2, "C3"), ([0x61, 0x80], 1, 1, "80"),
    ([0xE2, 0x82], 0, 1, "E2"), ([0xC3, 0xA9, 0xE2, 0x82, 0x41], 2, 1, "E2"),
    ([0x0A, 0x0A, 0xC0, 0x80], 2, 3, "C0"), ([0xED, 0xA0, 0x80], 0, 1, "ED"),
    ([0xF4, 0x90, 0x80, 0x80], 0, 1, "F4"), ([0x00, 0x05, 0xF8], 2, 1, "F8"),
  ]

  @Test(arguments: wrongBytes)
  func tellWhereTheyAreNoUTF8(bytes: [UInt8], offset: Int, line: Int, found: String) throws {
    expectError("a.txt: ", "byte \(offset) ", "line \(line)", "0x\(found)") {
      _ = try TextFile.text(bytes, at: "a.txt")
    }
  }

  @Test func mustNotBeEmpty() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "empty.txt")
    expectError("empty.txt", "the file is empty") { _ = try TextFile.read(path) }
    expectError("no such file") { _ = try TextFile.read(folder.path("none.txt")) }
    #expect(try TextFile.text([], at: "a.txt") == "")
  }
}
