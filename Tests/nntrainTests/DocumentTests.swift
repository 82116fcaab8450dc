import Foundation
import NNTestSupport
import NeuralNet
import Testing

/// Documents agree with the sources.
@Suite("Documents")
struct DocumentTests {
  /// Every file under a folder of the package that holds text.
  private func files(under folder: String) -> [String] {
    let location = Repository.root.appending(path: folder)
    let names = FileManager.default.enumerator(atPath: location.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { !$0.contains("Fixtures") }.compactMap { name in
      var isFolder: ObjCBool = false
      let path = location.appending(path: name).path
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { return nil }
      return try? String(contentsOf: URL(filePath: path), encoding: .utf8)
    }
  }

  @Test(
    "docs/environment.md lists every variable that sources, tests and scripts read, and no other")
  func environment() throws {
    var read: Set<String> = []
    for file in files(under: "Sources") {
      for match in file.matches(of: /getenv\("([A-Z_]+)"\)|variable\("([A-Z_]+)"\)/) {
        read.insert(String(match.1 ?? match.2 ?? ""))
      }
    }
    // Read by OpenBLAS, and set by this program.
    read.insert("OPENBLAS_NUM_THREADS")
    for file in files(under: "Tests") {
      for match in file.matches(of: /environment\["([A-Z_]+)"\]/) { read.insert(String(match.1)) }
    }
    // Scripts write variables of their own in lower case; HOME and PATH are the shell's.
    for file in files(under: "scripts") {
      for match in file.matches(of: /\$\{([A-Z_]+):[-+]/) { read.insert(String(match.1)) }
    }
    for name in ["HOME", "PATH"] { read.remove(name) }
    #expect(read.count > 12, "\(read)")
    let lines = try Repository.text("docs/environment.md").split(separator: "\n").filter {
      $0.hasPrefix("| `")
    }
    let documented = lines.flatMap { line in
      line.dropFirst().prefix { $0 != "|" }.matches(of: /`([A-Z_]+)`/).map { String($0.1) }
    }
    #expect(Set(documented) == read)
    #expect(documented.count == Set(documented).count)
  }

  /// The last column of a section's table, as YAML.
  private func fragments(of section: String) throws -> [String] {
    let part = try #require(
      Repository.text("docs/coming-from.md").components(separatedBy: "\n## \(section)\n")
        .dropFirst().first)
    let table = part.components(separatedBy: "\n## ")[0].split(separator: "\n")
      .filter {
        $0.hasPrefix("| `") || $0.contains("`x + block(x)`") || $0.hasPrefix("| a second")
      }
    return table.compactMap { row in
      row.split(separator: "|").last { !$0.allSatisfy(\.isWhitespace) }
        .flatMap { $0.firstMatch(of: /`(.+)`/).map { String($0.1) } }
    }
  }

  private func config(
    layer: String = "linear: 2", loss: String = "mse", optimizer: String = "adam",
    schedule: String = "null"
  ) throws -> Config {
    func entry(_ text: String) -> String { text.contains(":") ? "{\(text)}" : text }
    return try Config(
      yaml: """
        data: {train: xor}
        model: [\(entry(layer))]
        loss: \(entry(loss))
        optimizer: \(entry(optimizer))
        schedule: \(schedule == "null" ? schedule : entry(schedule))
        """)
  }

  @Test("the examples of docs/coming-from.md can be read")
  func comingFrom() throws {
    let layers = try fragments(of: "Layers")
    #expect(layers.count == 18)
    for layer in layers { _ = try config(layer: layer).makeModel() }
    let losses = try fragments(of: "Losses")
    #expect(losses.count == 9)
    for loss in losses { _ = try config(loss: loss) }
    let optimizers = try fragments(of: "Optimizers")
    #expect(optimizers.count == 6)
    for optimizer in optimizers { _ = try config(optimizer: optimizer) }
    let groups = try fragments(of: "Some of the parameters")
    #expect(groups.count == 4)
    for group in groups {
      let optimizer = group.hasPrefix("optimizer") ? "" : "optimizer: adam\n"
      _ = try Config(
        yaml: "data: {train: xor}\nmodel: [{linear: 2}]\nloss: mse\n\(optimizer)\(group)")
    }
    let schedules = try fragments(of: "Schedules")
    #expect(schedules.count == 5)
    for schedule in schedules { _ = try config(schedule: schedule) }
    // Standards that the text states.
    let standard = try config()
    #expect(standard.data.batchSize == 32 && standard.epochs == 10)
    #expect(throws: NNError.self) { try config(layer: "linaer: 2") }
  }

  @Test("the whole config of docs/coming-from.md trains on a table")
  func wholeConfig() throws {
    let blocks = try Repository.text("docs/coming-from.md").components(separatedBy: "```yaml\n")
      .dropFirst()
    #expect(blocks.count == 1)
    let folder = try TemporaryFolder()
    let yaml = try #require(blocks.first?.components(separatedBy: "```").first)
    let rows = (0..<300).map { "\($0 % 7),\(Double($0) / 300),\($0 % 3)" }
    try folder.write((["a,b,label"] + rows).joined(separator: "\n") + "\n", to: "data.csv")
    let config = try folder.write(yaml, to: "config.yaml")
    let resolved = try CommandLine.succeed("check", config)
    #expect(resolved.contains("alpha") == false && resolved.contains("weight_decay: 0.0001"))
  }

  @Test("commands and options that the new documents name are there")
  func commands() throws {
    for document in ["docs/coming-from.md", "docs/faq.md", "docs/environment.md"] {
      let commands = try Repository.text(document).matches(of: #/nntrain ([a-z]+)[ `.]/#).map {
        String($0.1)
      }
      for command in Set(commands) {
        try CommandLine.succeed(command, "--help")
      }
    }
  }
}
