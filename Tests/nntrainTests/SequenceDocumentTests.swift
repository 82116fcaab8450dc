import Foundation
import NNTestSupport
import NeuralNet
import Testing

/// The programs and configs of the documents on sequences.
@Suite struct SequenceDocumentTests {
  @Test(arguments: ["CharacterModel", "Translation"]) func programsAreShort(name: String) throws {
    let program = try Repository.text("docs/examples/\(name)/main.swift")
    #expect(program.split(separator: "\n", omittingEmptySubsequences: false).count - 1 <= 15)
  }

  @Test func aProgramLearnsCharacters() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      String(repeating: "the cat sat on the mat and the dog ate. ", count: 80), to: "text.txt")
    let result = try Program("CharacterModel").run([file, "3"], in: folder.path)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput.unicodeScalars.count == 201)
  }

  @Test func aProgramLearnsToTranslate() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      String(repeating: "one\tuno\ntwo\tdos\none two\tuno dos\n", count: 12), to: "pairs.tsv")
    let result = try Program("Translation").run([file, "3", "two one"], in: folder.path)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput.hasSuffix("\n"))
  }

  /// Every complete config of the tutorial is one; its data need not be there.
  @Test func configsOfTheTutorialAreRead() throws {
    let blocks = try Repository.text("docs/tutorial.md").split(separator: "```yaml\n").dropFirst()
    #expect(blocks.count >= 5)
    for block in blocks {
      let yaml = try #require(block.split(separator: "```").first)
      let config = try Config(yaml: String(yaml), source: "tutorial.md")
      _ = try config.makeModel()
    }
  }

  @Test func configsOfTheResultsAreRead() throws {
    for name in [
      "sunspots", "sunspots-intervals", "basic-motions", "fashion-rows", "king-james", "verses",
    ] {
      _ = try Config(contentsOf: Repository.path("docs/examples/configs/\(name).yaml"))
        .makeModel()
    }
  }
}
