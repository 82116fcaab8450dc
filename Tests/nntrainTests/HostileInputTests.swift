import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("hostile input on the command line")
struct HostileInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ header: String, data: Int) throws -> String {
    var bytes = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes += Data($0) }
    bytes += Data(header.utf8) + Data(count: data)
    return try folder.write(bytes, to: "m.safetensors")
  }

  @Test("control characters in names and metadata do not reach the terminal")
  func controlCharacters() throws {
    let path = try write(
      #"{"__metadata__":{"a\u001b[2J":"x\u0007y\nz\u009b1m"},"#
        + #""t\u001b]0;title\u0007\n":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1)
    let output = try CommandLine.succeed("inspect", path)
    #expect(output.contains(#"t\u{1b}]0;title\u{7}\n  uint8"#), "\(output)")
    #expect(output.contains("  a\\u{1b}[2J:\n    x\\u{7}y\n    z\\u{9b}1m"), "\(output)")
    #expect(!output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" || $0 == "\u{9B}" })
    let error = try CommandLine.fail(
      ["inspect", folder.path("\u{1B}]0;x\u{7}")], saying: ["no such file"])
    #expect(!error.contains("\u{1B}"))
  }

  @Test("types without a reader are listed")
  func otherTypes() throws {
    let path = try write(
      #"{"a":{"dtype":"F8_E5M2","shape":[2,3],"data_offsets":[0,6]},"#
        + #""b":{"dtype":"C64","shape":[2],"data_offsets":[6,22]}}"#, data: 22)
    let output = try CommandLine.succeed("inspect", path)
    #expect(output.firstMatch(of: /\na +float8_e5m2 +\[2, 3\] +6 +6 B\n/) != nil, "\(output)")
    #expect(output.firstMatch(of: /\nb +complex64 +\[2\] +2 +16 B\n/) != nil, "\(output)")
  }

  @Test(
    "a layer that is too large is refused with its position and size",
    arguments: ["check", "summary"])
  func largeLayer(command: String) throws {
    let workspace = try Workspace()
    try CommandLine.fail(
      [command, workspace.config, "--set", "model.0.linear=1000000000000"],
      saying: [
        "tiny.yaml:7:5: `0` (Dense 1000000000000): ",
        "would take 7,450.5 GiB; this machine",
      ])
    try CommandLine.fail(
      [command, workspace.config, "--set", "model.0.linear=9000000000000000000"],
      saying: ["`out_features` expects an integer from 1 to 1099511627776"])
  }

  @Test("a device is no config and no file of numbers")
  func devices() throws {
    for command in ["check", "inspect"] {
      try CommandLine.fail(
        [command, "/dev/zero"], saying: ["/dev/zero: is a device; expected a file"])
    }
  }

  @Test("a named pipe is refused by every command, without waiting for a writer")
  func namedPipes() throws {
    let pipe = folder.path("pipe.csv")
    let run = folder.path("run")
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    for path in [pipe, "\(run)/config.yaml", "\(run)/model.safetensors", "\(run)/.lock"] {
      try #require(mkfifo(path, 0o600) == 0)
    }
    for command in [["inspect", pipe], ["summary", run], ["evaluate", run], ["report", run]] {
      try CommandLine.fail(command, saying: ["is a named pipe, not a regular file"])
    }
    let listing = try CommandLine.program.run("runs", run)
    #expect(listing.status == 0 && listing.standardOutput.contains("damaged"))
    #expect(listing.standardError.contains("is a named pipe, not a regular file"))
  }

  @Test("pipes that a shell passes as files are read: `<(…)` and /dev/stdin")
  func givenPipes() throws {
    let workspace = try Workspace()
    let program = CommandLine.program.path
    for words in ["check <(cat '\(workspace.config)')", "check /dev/stdin < '\(workspace.config)'"]
    {
      let result = try Program(path: "/bin/bash").run("-c", "'\(program)' \(words)")
      #expect(result.status == 0, "\(result.standardError)")
      #expect(result.standardOutput.contains("circles"))
    }
  }

  @Test("counts on the command line are bounded")
  func bounds() throws {
    try CommandLine.fail(
      ["forecast", folder.path, "--steps", "9223372036854775807"],
      saying: ["--steps must be at most 10000000, got 9223372036854775807"])
    try CommandLine.fail(
      ["generate", folder.path, "--prompt", "a", "--tokens", "9223372036854775807"],
      saying: ["--tokens must be at most 1000000000, got 9223372036854775807"])
  }

  @Test("fewer names than classes: the others are shown by number")
  func fewClassNames() throws {
    let rows = (0..<30).map { "\(Double($0) / 10),\(["a", "b", "c"][$0 % 3])\n" }.joined()
    try folder.write("x,kind\n\(rows)", to: "a.csv")
    let config = try folder.write(
      """
      data: {train: {csv: a.csv, target: kind}, batch_size: 10}
      model: [{linear: 3}]
      loss: cross_entropy
      optimizer: adam
      metrics: [confusion_matrix]
      epochs: 1
      """, to: "c.yaml")
    let run = folder.path("run")
    try CommandLine.succeed("train", config, "--run-dir", run, "--quiet")
    let path = "\(run)/model.safetensors"
    var file = try SafeTensorsFile(contentsOf: path)
    let facts = try #require(file.metadata["facts"])
    file.metadata["facts"] = facts.replacingOccurrences(
      of: #""classNames":["a","b","c"]"#, with: #""classNames":["a","b"]"#)
    try file.write(to: path)
    // A class that the network cannot know is an error of the data; no trap in either case.
    let result = try CommandLine.program.run(
      "evaluate", run, "--data", "{csv: \(folder.path("a.csv")), target: kind}")
    #expect(result.status == 2, "\(result.standardError)")
    try folder.write("x,kind\n0.5,a\n0.25,b\n", to: "two.csv")
    let output = try CommandLine.succeed(
      "evaluate", run, "--data", "{csv: \(folder.path("two.csv")), target: kind}")
    #expect(output.firstMatch(of: #/predicted +a +b +2 /#) != nil, "\(output)")
  }
}
