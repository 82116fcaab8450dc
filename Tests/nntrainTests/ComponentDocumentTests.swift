import Foundation
import NNTestSupport
import Testing

/// The pages about adding a component or an op name files that exist and show code as it is.
@Suite struct ComponentDocumentTests {
  /// The paths in backticks that a text names.
  private static func paths(_ text: String) -> [String] {
    text.matches(of: /`((?:Sources|Tests|docs|scripts)\/[^`\s]+)`/).map { String($0.1) }
  }

  /// The code blocks of a text, without indentation.
  private static func blocks(_ text: String) -> [String] {
    text.matches(of: /```swift\n(.*?)```/.dotMatchesNewlines()).map { condensed(String($0.1)) }
  }

  /// A text without the spaces that its layout needs.
  private static func condensed(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: "\n")
  }

  /// The paths of a text that do not exist.
  private static func missing(_ text: String) -> [String] {
    paths(text).filter { !FileManager.default.fileExists(atPath: Repository.path($0)) }
  }

  /// The code blocks that no Swift file named in the text contains.
  private static func outdated(_ text: String) throws -> [String] {
    let files = try paths(text).filter { $0.hasSuffix(".swift") }.map {
      condensed(try Repository.text($0))
    }
    return blocks(text).filter { block in !files.contains { $0.contains(block) } }
  }

  @Test(
    "every file that is named exists",
    arguments: [
      "docs/adding-a-component.md", "docs/adding-an-op.md", "docs/architecture.md",
      "docs/networks.md",
    ])
  func files(page: String) throws {
    let text = try Repository.text(page)
    #expect(Self.missing(text) == [])
  }

  @Test func codeIsThatOfTheFiles() throws {
    let page = try Repository.text("docs/adding-a-component.md")
    #expect(!Self.blocks(page).isEmpty)
    #expect(try Self.outdated(page) == [])
  }

  /// Each kind of component has a section with its file and its registry.
  @Test func everyKindHasItsFileAndItsRow() throws {
    let page = try Repository.text("docs/adding-a-component.md")
    let sections = page.components(separatedBy: "\n## ").dropFirst()
    #expect(
      sections.map { String($0.prefix { $0 != "\n" }) } == [
        "A layer with two inputs", "A loss of three tensors", "An optimizer", "A metric",
        "An augmentation", "A data source",
      ])
    for section in sections {
      let paths = Self.paths(section)
      #expect(paths.contains { $0.contains("/Registries/") }, "\(section)")
      #expect(paths.first?.hasPrefix("Sources/NN") == true, "\(section)")
    }
  }

  @Test func whatIsOutdatedIsFound() throws {
    let page = """
      `Sources/NNLayers/Layers/Merge.swift` and `Sources/NNLayers/Layers/Marge.swift`:
      ```swift
        public struct Marge: MultiInputLayer {
      ```
      """
    #expect(Self.missing(page) == ["Sources/NNLayers/Layers/Marge.swift"])
    let named = page.replacingOccurrences(of: "Layers/Marge", with: "Layers/Merge")
    #expect(try Self.outdated(named) == ["public struct Marge: MultiInputLayer {"])
  }
}
