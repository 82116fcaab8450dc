import Foundation
import NNCore
import NNData
import NNTestSupport
import NNText
import Testing

/// Folders of texts, one folder for each class.
@Suite("Folders of texts")
struct TextFolderTests {
  private let folder = try? TemporaryFolder()

  private func write(_ text: String, to name: String) throws {
    try #require(folder).write(text, to: name)
  }

  private func source(empty: TextTokens.EmptyPolicy = .error) throws -> DataSource {
    .textFolder(
      TextFolderSource(
        path: try #require(folder).path,
        tokens: TextTokens(
          level: .word(vocabularySize: 100, minimumCount: 1), lowercase: false, empty: empty)))
  }

  private func writeThree() throws {
    try write("b", to: "pos/2.txt")
    try write("a b", to: "neg/1.txt")
    try write("\u{FEFF}b b\n", to: "pos/deep/0.txt")
  }

  @Test("folders are classes in sorted order, files come in the order of their paths")
  func classes() throws {
    try writeThree()
    for name in [".git/x", "__MACOSX/x.txt", "pos/.hidden.txt"] { try write("q", to: name) }
    let dataset = try source().load()
    #expect(dataset.classNames == ["neg", "pos"])
    #expect(dataset.targets == HostTensor([Int32(0), 1, 1]))
    // Every word of the training texts is known.
    let tokenizer = try #require(dataset.tokenizers?.input)
    let tokens = try ["a b", "b", "b b\n"].map { try tokenizer.encode($0) }
    #expect(tokens.map(\.count) == [2, 1, 3] && !tokens.joined().contains(3))
    #expect(
      dataset.inputs
        == HostTensor(
          tokens[0] + [0] + tokens[1] + [0, 0] + tokens[2], shape: [3, 3]))
    #expect(dataset.namedInputs.lengths == HostTensor([Int32(2), 1, 3]))
    #expect(dataset.notes.isEmpty && dataset.featureNames == nil)
    #expect(dataset.encoding.readsTexts)
  }

  @Test("other files are counted")
  func otherFiles() throws {
    try writeThree()
    try write("x", to: "README.md")
    try write("x", to: "pos/notes.md")
    let dataset = try source().load()
    #expect(dataset.count == 3)
    #expect(
      dataset.notes.map(\.what) == [
        "files next to the class folders, not read", "files that are no texts (.txt), not read",
      ])
    #expect(dataset.notes.map(\.count) == [1, 1])
  }

  @Test("files that cannot be read are listed together")
  func unreadable() throws {
    try writeThree()
    try write(" \n", to: "neg/blank.txt")
    try #require(folder).write(Data([0x61, 0xFF]), to: "pos/9.txt")
    expectError(
      "2 of 5 files cannot be read as texts:", "neg/blank.txt: the text is empty",
      "pos/9.txt: not UTF-8 at byte 1 (line 1): found 0xFF"
    ) { _ = try source().load() }
    try #require(folder).write("c", to: "pos/9.txt")
    expectError("1 of 5 files cannot be read as texts", "`empty: unknown`") {
      _ = try source().load()
    }
    let dataset = try source(empty: .unknown).load()
    #expect(dataset.notes.map(\.line) == ["texts: empty texts, read as one unknown token: 1"])
  }

  @Test("folders without classes or texts are named")
  func wrong() throws {
    try write("a", to: "a.txt")
    expectError("holds no class folders, only files", "put the texts of each class into a folder") {
      _ = try source().load()
    }
    try write("a", to: "one/a.txt")
    try write("a", to: "two/a.md")
    expectError("the class folder two holds no texts (.txt)", "remove it, or add texts") {
      _ = try source().load()
    }
    expectError("no such folder") {
      _ = try DataSource.textFolder(TextFolderSource(path: "/nowhere/texts")).load()
    }
  }

  @Test("later folders and tables are read as in training")
  func later() throws {
    try writeThree()
    let known = try source().load().encoding
    let other = try TemporaryFolder()
    try other.write("b z", to: "pos/x.txt")
    let later = try DataSource.textFolder(TextFolderSource(path: other.path)).load(encoding: known)
    #expect(later.targets == HostTensor([Int32(1)]))
    let tokenizer = try #require(known.tokenizers?.input)
    let tokens = try tokenizer.encode("b z")
    #expect(later.inputs == HostTensor(tokens, shape: [1, 2]) && tokens[1] == 3)
    try other.write("b", to: "unknown/x.txt")
    expectError("has class folders that the training data do not have: unknown") {
      _ = try DataSource.textFolder(TextFolderSource(path: other.path)).load(encoding: known)
    }
    // A table needs a column `text`, or a name for it.
    let table = try other.write("text,label\nb,pos\n", to: "t.csv")
    #expect(
      try DataSource.table(TableSource(file: table)).load(encoding: known).targets
        == HostTensor([Int32(1)]))
    let wrong = try other.write("words,label\nb,pos\n", to: "w.csv")
    expectError("the network reads texts, and there is no column \"text\"", "words, label") {
      _ = try DataSource.table(TableSource(file: wrong)).load(encoding: known)
    }
  }
}
