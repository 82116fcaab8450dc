import Foundation
import NNCore
import NNData
import NNTestSupport
import NNText
import Testing

/// Texts as inputs, from tables and folders: every token is compared with one that follows from the
/// order of words by their number and bytes.
@Suite("Texts as inputs")
struct TextSourceTests {
  private let folder = try? TemporaryFolder()

  private static let table = "id,review,label\n1,b a b,pos\n2,a c,neg\n3,b,pos\n"
  /// Words as they are, all of them.
  private static let plain = TextTokens(
    level: .word(vocabularySize: 100, minimumCount: 1), lowercase: false)

  private func write(_ text: String, to name: String = "t.csv") throws -> String {
    try #require(folder).write(text, to: name)
  }

  private func load(
    _ text: String = table, _ tokens: TextTokens = plain, column: ColumnReference = "review",
    targets: [ColumnReference] = ["label"], weights: ColumnReference? = nil
  ) throws -> Dataset {
    var source = TableSource(file: try write(text), targets: targets, weights: weights)
    source.text = TextColumn(column, tokens: tokens)
    return try DataSource.table(source).load()
  }

  private func tokens(_ dataset: Dataset) -> [[Int32]] {
    let width = dataset.inputShape[0]
    let all = dataset.inputs.scalars(as: Int32.self)
    return (0..<dataset.count).map { Array(all[$0 * width..<($0 + 1) * width]) }
  }

  @Test("a column becomes tokens with lengths, other columns are counted")
  func column() throws {
    let dataset = try load()
    // " b" (3 times), a line end and " a" (2) by their bytes, " c".
    #expect(tokens(dataset) == [[4, 6, 4], [6, 7, 0], [4, 0, 0]])
    #expect(dataset.namedInputs.lengths == HostTensor([Int32(3), 2, 1]))
    #expect(dataset.vocabulary == VocabularySizes(input: 8, output: 2))
    #expect(dataset.targets == HostTensor([Int32(1), 0, 1]))
    #expect(dataset.classNames == ["neg", "pos"])
    #expect(dataset.featureNames == ["review"] && dataset.targetNames == ["label"])
    #expect(dataset.encoding.textLength == 3)
    #expect(dataset.tokenizers?.outputsAreTexts == false)
    #expect(!dataset.targetsAreSteps && dataset.classCount == 2)
    #expect(
      dataset.notes == [
        DataNote(
          subject: dataset.name, what: "columns next to the texts, not read (id)", count: 1)
      ])
  }

  @Test("each level of tokens", arguments: [true, false])
  func levels(lowercase: Bool) throws {
    let text = "review,label\nAb,0\nba a,1\n"
    let characters = try load(text, TextTokens(level: .character, lowercase: lowercase))
    // " ", ("A",) "a", "b" from token 4 on.
    #expect(
      tokens(characters)
        == (lowercase ? [[5, 6, 0, 0], [6, 5, 4, 5]] : [[5, 7, 0, 0], [7, 6, 4, 6]]))
    let bytes = try load(text, TextTokens(level: .bytePair(merges: 0), lowercase: lowercase))
    // A space in front, so that a first word is the same tokens as elsewhere.
    let first: Int32 = lowercase ? 101 : 69
    #expect(tokens(bytes) == [[36, first, 102, 0, 0], [36, 102, 101, 36, 101]])
    let words = try load(
      text,
      TextTokens(level: .word(vocabularySize: 100, minimumCount: 1), lowercase: lowercase))
    // "\n", " Ab", " a", " ba" or "\n", " a", " ab", " ba", each once, by their bytes.
    #expect(tokens(words) == (lowercase ? [[6, 0], [7, 5]] : [[5, 0], [7, 6]]))
  }

  @Test("the tokenizer is fitted to the training rows alone")
  func fitting() throws {
    let whole = try load()
    let (train, validation) = try whole.parts(train: [0], validation: [1, 2])
    // " b" and " a" of the first text; " c" is unknown.
    #expect(tokens(train) == [[4, 5, 4]])
    #expect(tokens(validation) == [[5, 3, 0], [4, 0, 0]])
    #expect(train.vocabulary == VocabularySizes(input: 6, output: 2))
    #expect(train.tokenizers?.input.vocabularySize == 6)
    #expect(
      train.notes == [
        whole.notes[0],
        DataNote(
          subject: "column \"review\"", what: "words outside the vocabulary, read as unknown",
          count: 1),
      ])
    // Held-out texts are cut to the longest training text.
    let (_, longer) = try whole.parts(train: [1, 2], validation: [0])
    #expect(tokens(longer).map(\.count) == [2] && longer.notes.last?.count == 1)
    // A fit to all rows is that of the source.
    let again = try validation.fittingColumns(to: [0, 1])
    #expect(again.vocabulary?.input == 4 + 4)
  }

  @Test("rare words are unknown, long texts are cut, both are counted")
  func limits() throws {
    let rare = try load(
      Self.table, TextTokens(level: .word(vocabularySize: 100, minimumCount: 2), lowercase: false))
    #expect(tokens(rare) == [[4, 6, 4], [6, 3, 0], [4, 0, 0]])
    #expect(rare.notes.last?.count == 1)
    var short = Self.plain
    short.maxLength = 2
    let cut = try load(Self.table, short)
    #expect(tokens(cut) == [[4, 6], [6, 7], [4, 0]])
    #expect(cut.namedInputs.lengths == HostTensor([Int32(2), 2, 1]))
    #expect(
      cut.notes.last
        == DataNote(
          subject: "column \"review\"", what: "texts longer than 2 tokens, cut at the end", count: 1
        ))
    let small = try load(
      Self.table, TextTokens(level: .word(vocabularySize: 6, minimumCount: 1), lowercase: false))
    #expect(tokens(small) == [[4, 3, 4], [3, 3, 0], [4, 0, 0]])
  }

  @Test("empty texts are errors, or one unknown token")
  func empty() throws {
    let text = "review,label\na,0\n \t,1\nNA,0\n"
    expectError("t.csv:3", "column \"review\": the text is empty", "`empty: unknown`") {
      _ = try load(text)
    }
    var tokens = Self.plain
    tokens.empty = .unknown
    let dataset = try load(text, tokens)
    #expect(self.tokens(dataset).map { $0[0] }[1...] == [3, 3])
    #expect(dataset.namedInputs.lengths == HostTensor([Int32(1), 1, 1]))
    #expect(
      dataset.notes == [
        DataNote(
          subject: "column \"review\"", what: "empty texts, read as one unknown token", count: 2)
      ])
    expectError("t.csv", "all texts are empty") {
      _ = try load("review,label\n,0\n ,1\n", tokens)
    }
  }

  @Test("wrong columns and texts are named")
  func wrong() throws {
    expectError("there is no column \"text\"", "id, review, label") {
      _ = try load(column: "text")
    }
    expectError("column \"label\" is both an input and a target") { _ = try load(column: "label") }
    expectError("no word appears 2 times or more", "`min_count: 1`") {
      _ = try load("review,label\na,0\nb c,1\n", TextTokens(lowercase: false)).parts(
        train: [0], validation: [1])
    }
    expectError("bad.csv:2", "is not UTF-8") {
      try Data([0x72, 0x2C, 0x6C, 0x0A, 0xFF, 0x2C, 0x31, 0x0A])
        .write(to: URL(filePath: try write("", to: "bad.csv")))
      var source = TableSource(file: try #require(folder).path("bad.csv"))
      source.text = TextColumn("r")
      _ = try DataSource.table(source).load()
    }
  }

  @Test("numbers as targets, weights, other formats of tables")
  func targets() throws {
    let scored = try load(
      "review,w,score\na b,1,0.5\nb,2,-1.5\n", targets: ["score"], weights: "w")
    #expect(scored.targets == HostTensor([0.5, -1.5], shape: [2, 1]))
    #expect(scored.vocabulary?.output == 1 && scored.weights == HostTensor([1.0, 2]))
    #expect(scored.notes.isEmpty)
    let path = try write(
      "{\"review\": \"b, a\", \"label\": \"x\"}\n{\"label\": \"y\", \"review\": \"b\"}\n",
      to: "t.jsonl")
    var source = TableSource(file: path, kind: .jsonl, targets: ["label"])
    source.text = TextColumn("review", tokens: Self.plain)
    let lines = try DataSource.table(source).load()
    // " b" twice; "\n", " a", "," once.
    #expect(tokens(lines) == [[4, 7, 6], [4, 0, 0]])
    #expect(lines.classNames == ["x", "y"])
  }

  @Test("later tables are read as in training, whatever the order of their columns")
  func later() throws {
    let encoding = try load().encoding
    let path = try write("label,review\npos,z b a b c\nneg,c\n", to: "later.csv")
    let later = try DataSource.table(TableSource(file: path, targets: ["label"]))
      .load(encoding: encoding)
    #expect(tokens(later) == [[3, 4, 6], [7, 0, 0]])
    #expect(later.targets == HostTensor([Int32(1), 0]) && later.vocabulary?.input == 8)
    #expect(
      later.notes.map(\.line) == [
        "column \"review\": words outside the vocabulary, read as unknown: 1",
        "column \"review\": texts longer than 3 tokens, cut at the end: 1",
      ])
    let other = try write("label,words\npos,b\n", to: "other.csv")
    expectError("there is no column \"review\", which the training data have") {
      _ = try DataSource.table(TableSource(file: other, targets: ["label"]))
        .load(encoding: encoding)
    }
  }

  // MARK: Predictions

  private func rows(_ path: String, _ known: DataEncoding) throws -> PredictionRows {
    var source = TableSource(file: "t.csv", targets: ["label"])
    source.text = TextColumn("review", tokens: Self.plain)
    return try PredictionInput.rows(path, as: .table(source), known: known)
  }

  @Test("lines, tables and folders are read for predictions")
  func predictions() throws {
    let known = try load().encoding
    let lines = try rows(write("\u{FEFF}b a\r\nb\r\nq b\r\n", to: "lines.txt"), known)
    #expect(lines.inputs == HostTensor([Int32(4), 6, 4, 0, 3, 4], shape: [3, 2]))
    #expect(lines.namedInputs.lengths == HostTensor([Int32(2), 1, 2]))
    #expect(lines.stepCounts == [2, 1, 2] && lines.others.names.isEmpty)
    #expect(lines.notes.map(\.count) == [1])
    let table = try rows(write("id,label,review\n7,pos,b\n8,neg,a c\n", to: "new.csv"), known)
    #expect(table.inputs == HostTensor([Int32(4), 0, 6, 7], shape: [2, 2]))
    #expect(table.others.names == ["id"] && table.others.rows == [["7"], ["8"]])
    _ = try write("b", to: "texts/z.txt")
    _ = try write("a c b a", to: "texts/deep/a.TXT")
    _ = try write("no text", to: "texts/x.md")
    let files = try rows(try #require(folder).path("texts"), known)
    #expect(files.inputs == HostTensor([Int32(4), 0, 0, 6, 7, 4], shape: [2, 3]))
    #expect(files.others.names == ["file"] && files.others.rows == [["z.txt"], ["deep/a.TXT"]])
  }

  @Test("what is no text is named")
  func wrongPredictions() throws {
    let known = try load().encoding
    expectError("lines.txt:2", "the text is empty") {
      _ = try rows(write("a\n\nb\n", to: "lines.txt"), known)
    }
    expectError("empty.txt", "holds no lines; expected one text per line") {
      _ = try rows(write("", to: "empty.txt"), known)
    }
    expectError("there is no column \"review\", which the training data have") {
      _ = try rows(write("text\na\n", to: "new.csv"), known)
    }
    expectError("a.npz", "holds arrays, and the network reads texts", "one text per line") {
      _ = try rows("a.npz", known)
    }
    expectError("holds no texts (.txt)") {
      _ = try write("x", to: "none/x.md")
      _ = try rows(try #require(folder).path("none"), known)
    }
    expectError("lines.txt", "not UTF-8 at byte 2") {
      try Data([0x61, 0x0A, 0xC0]).write(to: URL(filePath: try write("", to: "lines.txt")))
      _ = try rows(try #require(folder).path("lines.txt"), known)
    }
  }
}
