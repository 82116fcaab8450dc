import Foundation
import NNTestSupport
import Testing

@Suite("schema")
struct SchemaCommandTests {
  @Test("prints a JSON Schema that accepts resolved configs and refuses wrong ones")
  func schema() throws {
    let text = try CommandLine.succeed("schema")
    #expect(text.hasPrefix("{\n") && text.hasSuffix("}\n"))
    let validator = try SchemaValidator(schema: text)
    for workspace in [try Workspace(), try Workspace.images()] {
      let output = try CommandLine.succeed("check", workspace.config, "--json")
      let config = try #require(FixtureOption(json: output)["config"])
      #expect(validator.errors(in: config) == [])
      guard case .object(var members) = config else { continue }
      members["epoch"] = .number(3)
      #expect(validator.errors(in: .object(members)) == ["$: unknown property epoch"])
    }
  }

  @Test("prints the reference of the config in Markdown")
  func markdown() throws {
    let text = try CommandLine.succeed("schema", "--markdown")
    #expect(text.hasPrefix("# Config\n"))
    for part in ["\n## Layers\n", "\n### `conv2d`\n", "\n| `out_channels` | ", "$schema="] {
      #expect(text.contains(part), "\(part)")
    }
    let committed = try? Repository.text("docs/config.md")
    #expect(
      committed == text,
      "docs/config.md is out of date; run: nntrain schema --markdown > docs/config.md")
  }

  @Test("refuses other arguments")
  func arguments() throws {
    try CommandLine.fail(["schema", "tiny.yaml"], saying: ["tiny.yaml", "nntrain schema --help"])
    try CommandLine.fail(
      ["schema", "--markdwn"], saying: ["unknown option --markdwn", "did you mean --markdown?"])
    try CommandLine.fail(
      ["schema", "--markdown", "--markdown"], saying: ["--markdown is given twice"])
    try CommandLine.fail(["schema", "--threads", "0"], saying: ["--threads is 0"])
  }

  @Test("reports that its output cannot be written")
  func fullOutput() throws {
    let shell = Program(path: "/bin/sh")
    let result = try shell.run("-c", "'\(CommandLine.program.path)' schema > /dev/full")
    #expect(result.status == 1)
    #expect(result.standardError.hasPrefix("error: standard output: cannot be written"))
  }
}
