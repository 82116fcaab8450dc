import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// Run folders that nntrain 0.1.0 wrote, with the results of that version; `Fixtures/OldRuns/README.md`
/// describes them.
@Suite("Run folders of an earlier version")
struct OldRunTests {
  /// One command for a kind of run, and the file with its output in the earlier version.
  struct Command: Sendable {
    var kind: String
    var file: String
    var arguments: [String]
  }

  private static let fixtures = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "Fixtures/OldRuns")

  /// The rows of `cases.txt`.
  static let commands: [Command] = {
    let text =
      (try? String(contentsOf: fixtures.appending(path: "cases.txt"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 2 else { return nil }
      return Command(kind: words[0], file: words[1], arguments: Array(words[2...]))
    }
  }()

  static let kinds = commands.filter { $0.file == "train" }.map(\.kind)

  /// Relative to a tensor's greatest element, which other instruction sets and BLAS kernels change
  /// by up to 7e-7.
  static let tolerance = Tolerance(relative: 1e-5, floor: 1, absolute: 1e-7)

  /// A copy of a kind's data and run.
  private func copy(of kind: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(
      atPath: Self.fixtures.appending(path: kind).path)
    {
      try FileManager.default.copyItem(
        atPath: Self.fixtures.appending(path: "\(kind)/\(name)").path, toPath: folder.path(name))
    }
    return folder
  }

  @Test("exist for every kind of data")
  func kindsOfData() {
    #expect(
      Set(Self.kinds) == [
        "classes", "regression", "binary", "images", "series", "text", "pairs", "sequences",
        "named",
      ])
  }

  @Test("return the recorded results", arguments: commands.filter { $0.file != "train" })
  func results(command: Command) throws {
    let folder = try copy(of: command.kind)
    let output = try CommandLine.succeed(arguments: command.arguments, in: folder.path)
    let expected = try folder.text(of: "expected/\(command.file)")
    if command.file.hasSuffix(".json") {
      try expectMatch(FixtureOption(json: output), FixtureOption(json: expected), command.kind)
    } else {
      let (found, wanted) = (NumbersInText(output), NumbersInText(expected))
      #expect(found.words == wanted.words)
      expectClose(found.numbers, wanted.numbers, Self.tolerance, command.kind)
    }
  }

  @Test("are resumed to the recorded weights and figures", arguments: kinds)
  func resumption(kind: String) throws {
    let folder = try copy(of: kind)
    let state = kind == "text" ? "finished" : "interrupted"
    #expect(try CommandLine.succeed("runs", "run", in: folder.path).contains(state))
    let result = try CommandLine.program.run(
      ["train", "train.yaml", "--run-dir", "run", "--resume"], in: folder.path)
    try #require(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput.contains("continuing after step "))
    // The data are in another place now, which is the only difference.
    let warnings = result.standardError.split(separator: "\n")
    #expect(warnings.count <= 1, "\(warnings)")
    for difference in warnings.flatMap({ $0.split(separator: "; ") }) {
      #expect(difference.contains("data.") && difference.contains("/old-runs/"), "\(difference)")
    }
    #expect(try CommandLine.succeed("runs", "run", in: folder.path).contains("finished"))

    let found = try SafeTensorsFile(contentsOf: folder.path("run/model.safetensors"))
    let expected = try SafeTensorsFile(contentsOf: folder.path("expected/weights.safetensors"))
    #expect(found.tensors.map(\.name) == expected.tensors.map(\.name))
    for (found, expected) in zip(found.tensors, expected.tensors) {
      expectClose(found.tensor, expected.tensor, Self.tolerance, "\(kind): \(expected.name)")
    }
    try expectSameMetrics(in: folder)
    #expect(folder.contains("run/report.html"))
  }

  /// Compares the metrics of all epochs, those before the resumption included; times may differ.
  private func expectSameMetrics(in folder: TemporaryFolder) throws {
    func rows(_ name: String) throws -> [[String]] {
      try folder.text(of: name).split(separator: "\n").map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    }
    let (found, expected) = (try rows("run/metrics.csv"), try rows("expected/metrics.csv"))
    try #require(found.count == expected.count)
    for (column, name) in expected[0].enumerated()
    where !["seconds", "samples_per_s"].contains(name) {
      let position = try #require(found[0].firstIndex(of: name))
      for (found, expected) in zip(found, expected).dropFirst() {
        let (number, wanted) = (Double(found[position]), Double(expected[column]))
        expectClose([number].compactMap(\.self), [wanted].compactMap(\.self), Self.tolerance, name)
      }
    }
  }

  /// Compares all members of an expected JSON value; a later version may add others.
  private func expectMatch(
    _ found: FixtureOption?, _ expected: FixtureOption, _ path: String
  ) throws {
    switch expected {
    case .object(let members):
      for (name, value) in members { try expectMatch(found?[name], value, "\(path).\(name)") }
    case .list(let elements):
      let list = try #require(found?.list, "\(path)")
      try #require(list.count == elements.count, "\(path)")
      for (found, expected) in zip(list, elements) { try expectMatch(found, expected, path) }
    case .number(let number):
      expectClose([found?.number ?? .nan], [number], Self.tolerance, path)
    case .null, .boolean, .text:
      #expect(found == expected, "\(path)")
    }
  }
}

/// A text with its numbers taken out.
private struct NumbersInText {
  var words: [Substring] = []
  var numbers: [Double] = []

  init(_ text: String) {
    words = text.split(separator: Self.number, omittingEmptySubsequences: false)
    numbers = text.matches(of: Self.number).compactMap { Double($0.output) }
  }

  private nonisolated(unsafe) static let number = /-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?/
}
