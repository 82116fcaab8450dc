import Foundation
import NNTestSupport
import Testing

@Suite("check, summary and gradcheck")
struct DescriptionTests {
  @Test("prints the config with every default, which is a config with the same meaning")
  func check() throws {
    let workspace = try Workspace()
    let resolved = try CommandLine.succeed("check", workspace.config)
    for line in ["seed: 42\n", "dtype: float32\n", "  drop_last: false\n", "name: tiny\n"] {
      #expect(resolved.contains(line), "\(resolved)")
    }
    let again = try workspace.folder.write(resolved, to: "again.yaml")
    #expect(try CommandLine.succeed("check", again) == resolved)
    let changed = try CommandLine.succeed("check", again, "--set", "epochs=7", "--seed", "1")
    #expect(changed.contains("epochs: 7\n") && changed.contains("seed: 1\n"))
    #expect(!workspace.folder.contains("runs"))
  }

  @Test("warns of options that are valid but probably not intended")
  func warnings() throws {
    let text = Workspace.circles.replacing("- linear: 2", with: "- linear: 2\n  - softmax")
    let workspace = try Workspace(text)
    let result = try CommandLine.program.run("check", workspace.config)
    #expect(result.status == 0)
    #expect(result.standardError.hasPrefix("warning: model.4 (softmax)"))
  }

  @Test("lists the layers of a config and of a run")
  func summary() throws {
    let workspace = try Workspace.images()
    let output = try CommandLine.succeed("summary", workspace.config)
    // 5 filters of 1×3×3 over 9×9 positions; 7 of 5×3×3 over 2×2; 28 numbers to 3.
    for row in [
      #/\n0 +.*\[5, 9, 9\] +50 +3,645\n/#, #/\n3 +.*\[5, 4, 4\] +0 +0\n/#,
      #/\n4 +.*\[7, 2, 2\] +322 +1,260\n/#, #/\n8 +.*\[3\] +87 +84\n/#, #/\ntotal +469 +4,989\n/#,
    ] {
      #expect(output.firstMatch(of: row) != nil, "\(output)")
    }
    #expect(output.contains("memory for batches of 16: "))
    try workspace.train()
    #expect(try CommandLine.succeed("summary", workspace.path("run")) == output)
  }

  @Test("checks the gradient of every parameter tensor")
  func gradcheck() throws {
    let workspace = try Workspace.images()
    let output = try CommandLine.succeed("gradcheck", workspace.config)
    let names = [
      "0.weight", "0.bias", "1.weight", "1.bias", "4.weight", "4.bias", "8.weight", "8.bias",
    ]
    let rows = output.split(separator: "\n").dropFirst(2)
    #expect(rows.map { String($0.prefix { $0 != " " }) } == names)
    for row in rows { #expect(row.hasSuffix("  ok")) }
    let other = try CommandLine.succeed("gradcheck", workspace.config, "--seed", "5")
    #expect(other != output)
  }
}
