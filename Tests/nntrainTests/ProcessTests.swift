import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// Restrictions of the system on a process: closed descriptors, no /proc, little memory.
@Suite("The process")
struct ProcessTests {
  private let shell = Program(path: "/bin/sh")

  private static func quoted(_ words: [String]) -> String {
    words.map { "'\($0)'" }.joined(separator: " ")
  }

  private func run(_ prefix: String, _ arguments: [String], timeout: Double = 60) throws
    -> ProgramResult
  {
    let words = [CommandLine.program.path] + arguments
    return try shell.run(["-c", prefix + Self.quoted(words)], timeout: timeout)
  }

  @Test(
    "a closed standard stream does not affect files",
    arguments: [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
  func closedStreams(closed: String) throws {
    let workspace = try Workspace()
    let words = [CommandLine.program.path] + workspace.arguments(["--progress", "plain"])
    let result = try shell.run("-c", "exec \(Self.quoted(words)) \(closed)")
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try workspace.table("steps.csv").count == 16)
    for row in try workspace.table("steps.csv").dropFirst() {
      #expect(row.count == 4 && Int(row[0]) != nil, "\(row)")
    }
    #expect(try workspace.table("metrics.csv").count == 4)
  }

  @Test("reads its arguments where there is no /proc")
  func withoutProc() throws {
    let empty = "mount -t tmpfs none /proc && exec "
    let tries = ["unshare -m", "unshare -rm"].filter {
      (try? shell.run("-c", "\($0) sh -c 'mount -t tmpfs none /proc'").status) == 0
    }
    guard let unshare = tries.first else {
      print("skipped: this system does not allow hiding /proc (unshare)")
      return
    }
    let result = try shell.run(
      "-c", "\(unshare) sh -c '\(empty)\"$0\" \"$@\"' '\(CommandLine.program.path)' --version")
    #expect(result.status == 0)
    #expect(result.standardOutput.hasPrefix("nntrain "), "\(result.standardOutput)")
  }

  @Test(
    "an address space without room for OpenBLAS is an error at the start, not a hang",
    arguments: [(200_000, "1"), (300_000, "2"), (1 << 20, "16")])
  func littleMemory(kibibytes: Int, threads: String) throws {
    let workspace = try Workspace()
    let result = try run(
      "ulimit -v \(kibibytes); exec ", workspace.arguments(["--threads", threads]), timeout: 20)
    #expect(result.status == 1 && !result.timedOut, "\(result.standardError)")
    #expect(result.standardError.hasPrefix("error: memory: \(threads) thread"))
    #expect(result.standardError.contains("ulimit -v"))
    #expect(!workspace.folder.contains("run"))
  }

  @Test("an address space with room for the threads that are asked for suffices")
  func enoughMemory() throws {
    let workspace = try Workspace()
    try workspace.train("--threads", "1", "--quiet")
    let limited = workspace.arguments(["--threads", "1", "--quiet"], run: "limited")
    let result = try run("ulimit -v 1000000; exec ", limited, timeout: 20)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try workspace.weights() == workspace.weights(of: "limited"))
  }

  @Test("a great many threads cost neither minutes nor gigabytes")
  func manyThreads() throws {
    let result = try run("exec ", ["doctor", "--threads", "1024"], timeout: 20)
    #expect(result.status == 0 && !result.timedOut, "\(result.standardError)")
    #expect(result.standardOutput.contains("1024 (--threads 1024)"))
  }

  @Test("names from files do not control the terminal")
  func escapes() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("m.safetensors")
    let name = "\u{1B}]0;owned\u{7}\u{9B}2J\n0.weight"
    try SafeTensorsFile(
      tensors: [(name, HostTensor([Float(1)]))], metadata: ["\u{1B}[2J": "\u{1B}[31m"]
    ).write(to: path)
    let terminal = try Terminal(columns: 100, rows: 24)
    let shown = try terminal.run(CommandLine.program.path, ["inspect", path])
    #expect(!shown.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" || $0 == "\u{9B}" })
    #expect(shown.contains(#"\u{1b}]0;owned\u{7}\u{9b}2J\n0.weight  float32"#), "\(shown)")
    let missing = try CommandLine.fail(
      ["inspect", "\u{1B}[2Jx.npy"], saying: [#"\u{1b}[2Jx.npy: no such file"#])
    #expect(!missing.contains("\u{1B}"))
  }

  @Test("names of classes do not control the terminal, and reach a pipe as they are")
  func classNames() throws {
    let workspace = try Workspace(
      """
      data: {train: {csv: data.csv}, batch_size: 10}
      model: [{linear: 2}]
      loss: cross_entropy
      optimizer: {sgd: {lr: 1}}
      epochs: 50
      """)
    let names = ["\u{1B}]0;owned\u{7}a", "b"]
    let rows = (0..<20).map { "\($0 % 2),\(names[$0 % 2])\n" }.joined()
    try workspace.folder.write("x,kind\n\(rows)", to: "data.csv")
    try workspace.folder.write("x\n0\n1\n", to: "new.csv")
    try workspace.train("--quiet", "--no-report")
    let words = ["predict", workspace.path("run"), "--input", workspace.path("new.csv")]
    let terminal = try Terminal(columns: 100, rows: 24)
    let shown = try terminal.run(CommandLine.program.path, words)
    #expect(!shown.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" }, "\(shown)")
    #expect(shown.contains(#"\u{1b}]0;owned\u{7}a,"#), "\(shown)")
    #expect(try CommandLine.succeed(arguments: words).contains("\n\(names[0]),"))
  }
}
