import Foundation
import NNTestSupport
import NeuralNet
import Testing

/// The configs and programs of docs/networks.md.
@Suite struct NetworkDocumentTests {
  @Test func configsAreRead() throws {
    let blocks = try Repository.text("docs/networks.md").split(separator: "```yaml\n").dropFirst()
    #expect(blocks.count == 4)
    for block in blocks {
      let yaml = try #require(block.split(separator: "```").first)
      let config = try Config(yaml: String(yaml), source: "networks.md")
      _ = try config.makeModel()
      #expect(try Config(yaml: config.resolvedYAML) == config)
    }
  }

  @Test func swiftOfTheTextIsThatOfTheProgram() throws {
    let program = try Repository.text("docs/examples/TwoInputs/main.swift")
    let block = try #require(
      try Repository.text("docs/networks.md").split(separator: "```swift\n").dropFirst().first?
        .split(separator: "```").first)
    for line in block.split(separator: "\n") { #expect(program.contains(line)) }
  }

  @Test(arguments: ["TwoInputs", "Siamese"]) func programsAreShort(name: String) throws {
    let lines = try Repository.text("docs/examples/\(name)/main.swift").split(separator: "\n")
    #expect(lines.count <= 60)
  }

  @Test func twoInputsAreBothUsed() throws {
    let result = try Program("TwoInputs").run()
    #expect(result.status == 0, "\(result.standardError)")
    let accuracy = result.standardOutput.split(separator: " ").last.flatMap {
      Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    #expect(accuracy ?? 0 >= 0.97, "\(result.standardOutput)")
  }

  @Test func aTowerLearnsDistances() throws {
    let result = try Program("Siamese").run()
    #expect(result.status == 0, "\(result.standardError)")
    let losses = result.standardOutput.split(separator: "\n").compactMap {
      $0.split(separator: " ").last.flatMap { Double($0) }
    }
    #expect(losses.count == 2 && losses[1] < 0.3 * losses[0], "\(result.standardOutput)")
  }
}
