import Foundation
import NNTestSupport
import Testing

/// A program in docs/examples.
struct ExampleProgram {
  /// The folder of all of them.
  static let folder = Repository.root.appending(path: "docs/examples")

  let name: String

  init(_ name: String) { self.name = name }

  /// Runs the program, which has at most 60 lines, and returns its output line by line.
  func lines(_ arguments: [String] = []) throws -> [String] {
    let source = try String(
      contentsOf: Self.folder.appending(path: "\(name)/main.swift"), encoding: .utf8)
    #expect(source.split(separator: "\n").count <= 60)
    let result = try Program(name).run(arguments)
    #expect(result.status == 0, "\(result.standardError)")
    return result.standardOutput.split(separator: "\n").map(String.init)
  }

  /// The last number of the line that starts with a text.
  static func number(after text: String, in lines: [String]) throws -> Double {
    let line = try #require(lines.first { $0.hasPrefix(text) }, "\(lines)")
    return try #require(line.split(separator: " ").last.flatMap { Double($0) }, "\(line)")
  }
}
