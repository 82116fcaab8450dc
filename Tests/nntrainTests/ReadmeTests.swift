import NNTestSupport
import Testing

/// The program on README's first screen.
@Suite struct ReadmeTests {
  @Test func programIsTheCompiledOne() throws {
    let program = try Repository.text("docs/examples/Readme/main.swift")
    let readme = try Repository.text("README.md")
    let block = try #require(readme.split(separator: "```swift\n").dropFirst().first)
    #expect(block.hasPrefix(program + "```\n"))
    #expect(program.split(separator: "\n", omittingEmptySubsequences: false).count - 1 <= 15)
  }

  @Test func programLearns() throws {
    let result = try Program("Readme").run()
    #expect(result.status == 0, "\(result.standardError)")
    let figures = result.standardOutput.split(separator: "\n").compactMap { Double($0) }
    try #require(figures.count == 4)
    let (losses, accuracy) = (figures[..<3], figures[3])
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
    #expect(losses[0] < 1)
    #expect((0.82...1).contains(accuracy))
  }
}
