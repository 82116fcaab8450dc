import NNCore
import NNFormats
import NNTestSupport
import NNText
import Testing

/// A corpus with its scores by sacrebleu, as `Fixtures/generate.py` writes it.
struct Corpus: Sendable, CustomStringConvertible {
  struct Sentence: Sendable {
    let hypothesis: String
    let references: [String]
    let tokens: [String]
    let scores: FixtureOption
  }

  let name: String
  let scores: FixtureOption
  let sentences: [Sentence]
  var description: String { name }

  init(_ option: FixtureOption) throws {
    name = try #require(option["name"]?.text)
    scores = try #require(option["scores"])
    sentences = try #require(option["sentences"]?.list).map { option in
      Sentence(
        hypothesis: try #require(option["hypothesis"]?.text),
        references: try #require(option["references"]?.list).compactMap(\.text),
        tokens: try #require(option["tokens"]?.list).compactMap(\.text),
        scores: try #require(option["scores"]))
    }
  }

  static func all() throws -> [Corpus] {
    let folder = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let path = folder.joined(separator: "/") + "/Fixtures/scores.json"
    let text = try TextFile.read(path)
    return try #require(try FixtureOption(json: text)["corpora"]?.list).map(Corpus.init)
  }
}

@Suite("BLEU and chrF")
struct ScoreTests {
  static let tolerance = 1e-9

  /// Expects all of sacrebleu's scores of some sentences.
  static func expect(
    _ scores: FixtureOption, of sentences: [Corpus.Sentence], _ label: String
  ) throws {
    var bleu = BLEU()
    var effective = BLEU(usesEffectiveOrder: true)
    var chrF = ChrF()
    var chrFWithWords = ChrF(wordOrder: 2)
    var other = ChrF(characterOrder: 3, wordOrder: 1, beta: 1)
    for sentence in sentences {
      let (hypothesis, references) = (sentence.hypothesis, sentence.references)
      try bleu.add(hypothesis: hypothesis, references: references)
      try effective.add(hypothesis: hypothesis, references: references)
      try chrF.add(hypothesis: hypothesis, references: references)
      try chrFWithWords.add(hypothesis: hypothesis, references: references)
      try other.add(hypothesis: hypothesis, references: references)
    }
    for (name, found) in [
      ("bleu", bleu.score), ("bleu_effective", effective.score), ("chrf", chrF.score),
      ("chrf++", chrFWithWords.score), ("chrf_3_1_1", other.score),
      ("brevity_penalty", bleu.brevityPenalty),
    ] {
      let expected = try #require(scores[name]?.number)
      #expect(abs(found - expected) <= tolerance, "\(label): \(name) is \(found), not \(expected)")
    }
    #expect(bleu.hypothesisLength == scores["hypothesis_length"]?.integer, "\(label)")
    #expect(bleu.referenceLength == scores["reference_length"]?.integer, "\(label)")
    let precisions = try #require(scores["precisions"]?.numbers)
    for (found, expected) in zip(bleu.precisions, precisions) {
      #expect(abs(found - expected) <= tolerance, "\(label): precision \(found), not \(expected)")
    }
  }

  @Test func equalSacrebleuOnCorpora() throws {
    let corpora = try Corpus.all()
    #expect(corpora.count == 8)
    for corpus in corpora {
      try Self.expect(corpus.scores, of: corpus.sentences, corpus.name)
    }
  }

  @Test func equalSacrebleuOnSentences() throws {
    for sentence in try Corpus.all().flatMap(\.sentences) {
      try Self.expect(sentence.scores, of: [sentence], "\"\(sentence.hypothesis)\"")
    }
  }

  @Test func tokenizesAsMteval13a() throws {
    for sentence in try Corpus.all().flatMap(\.sentences) {
      let tokens = Tokenization13a.tokens(of: sentence.hypothesis)
      #expect(
        tokens == sentence.tokens.map { Array($0.unicodeScalars) }, "\"\(sentence.hypothesis)\"")
    }
  }

  @Test func areExtremeAtTheExtremes() throws {
    var bleu = BLEU()
    var chrF = ChrF()
    #expect(bleu.score.isNaN && chrF.score.isNaN)
    for _ in 0..<3 {
      try bleu.add(hypothesis: "one two three four", references: ["one two three four"])
      try chrF.add(hypothesis: "one two three four", references: ["one two three four"])
    }
    #expect(abs(bleu.score - 100) < 1e-12 && abs(chrF.score - 100) < 1e-12)
  }

  @Test func needAReference() throws {
    var bleu = BLEU()
    var chrF = ChrF()
    try bleu.add(hypothesis: "a", references: ["a"])
    try chrF.add(hypothesis: "a", references: ["a"])
    let (bleuBefore, chrFBefore) = (bleu, chrF)
    expectError("sentence 2", "one reference") { try bleu.add(hypothesis: "a", references: []) }
    expectError("sentence 2", "one reference") { try chrF.add(hypothesis: "a", references: []) }
    #expect(bleu == bleuBefore && chrF == chrFBefore)
  }
}

@Suite("likelihood of text")
struct TextLikelihoodTests {
  @Test func isThatOfAUniformModel() throws {
    // 64 equally probable tokens: 6 bits per token; each token has 4 characters.
    var likelihood = TextLikelihood()
    for _ in 0..<10 {
      likelihood.add(negativeLogLikelihood: 5 * 4.1588830833596715, tokens: 5, characters: 20)
    }
    #expect(abs(likelihood.perplexity - 64) < 1e-10)
    #expect(abs(likelihood.bitsPerToken - 6) < 1e-12)
    #expect(abs(likelihood.bitsPerCharacter - 1.5) < 1e-12)
    #expect(likelihood.tokenCount == 50 && likelihood.characterCount == 200)
  }

  @Test func weighsTokensNotParts() throws {
    // p = ½ for three tokens, ⅛ for one: 6 bits over 4 tokens.
    var likelihood = TextLikelihood()
    likelihood.add(negativeLogLikelihood: 3 * 0.6931471805599453, tokens: 3, characters: 3)
    likelihood.add(negativeLogLikelihood: 2.0794415416798357, tokens: 1, characters: 1)
    #expect(abs(likelihood.bitsPerToken - 1.5) < 1e-12)
    #expect(abs(likelihood.perplexity - 2.8284271247461903) < 1e-12)
  }

  @Test func isOneForCertaintyAndNothingForNothing() throws {
    var likelihood = TextLikelihood()
    #expect(likelihood.perplexity.isNaN && likelihood.bitsPerCharacter.isNaN)
    #expect(likelihood.bitsPerToken.isNaN)
    likelihood.add(negativeLogLikelihood: 0, tokens: 7, characters: 9)
    #expect(likelihood.perplexity == 1 && likelihood.bitsPerCharacter == 0)
  }
}
