import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// `docs/own-data.md`: every command works, from a file to predictions, in an empty folder.
@Suite struct OwnDataDocumentTests {
  /// The text between two fences: the word after the first and the lines.
  private struct Block {
    let kind: String
    let text: String
  }

  private func blocks() throws -> [Block] {
    let text = try Repository.text("docs/own-data.md")
    let parts = text.components(separatedBy: "```")
    return stride(from: 1, to: parts.count - 1, by: 2).map { index in
      let lines = parts[index].split(separator: "\n", omittingEmptySubsequences: false)
      return Block(
        kind: String(lines[0]), text: lines.dropFirst().joined(separator: "\n"))
    }
  }

  private func hasNumPy() throws -> Bool {
    try Program(path: "/usr/bin/env").run(["python3", "-c", "import numpy"]).status == 0
  }

  /// Arrays like those of the Python program, where there is no NumPy.
  private func writeArrays(into folder: TemporaryFolder) throws {
    let x: [Float] = (0..<600).map { index in
      let value = (index * 37 + index / 3 * 11) % 61
      return Float(value) / 20 - 1.5
    }
    let y: [Double] = (0..<200).map { row in
      let (a, b, c) = (x[3 * row], x[3 * row + 1], x[3 * row + 2])
      return Double(a - 2 * b + c / 2) + 300
    }
    try NPZ.write(
      [("x", HostTensor(x, shape: [200, 3])), ("y", HostTensor(y))],
      to: folder.path("numbers.npz"))
    let corners: [Float] = [0.25, 0, 0, 0, 0.25, 0, 0, 0, 0.25]
    try NPY.write(HostTensor(corners, shape: [3, 3]), to: folder.path("new.npy"))
    let tokens = (0..<420).map { (index: Int) -> Int64 in
      let mixed: Int = index * 7 + index / 7 * 3
      return Int64(1 + mixed % 5)
    }
    let lengths = (0..<60).map { (row: Int) -> Int64 in Int64(1 + row % 7) }
    let labels = tokens.map { (token: Int64) -> Int64 in token % 3 }
    try NPZ.write(
      [
        ("x", HostTensor(tokens, shape: [60, 7])),
        ("n", HostTensor(lengths)),
        ("y", HostTensor(labels, shape: [60, 7])),
      ], to: folder.path("steps.npz"))
    let new: [Int64] = [3, 4, 5, 0, 0, 0, 0]
    try NPZ.write(
      [("x", HostTensor(new, shape: [1, 7])), ("n", HostTensor([Int64(3)]))],
      to: folder.path("new.npz"))
  }

  @Test func everyCommandWorks() throws {
    let blocks = try blocks()
    #expect(Set(blocks.map(\.kind)) == ["sh", "python", "output"])
    #expect(blocks.count { $0.kind == "output" } == 10)
    let folder = try TemporaryFolder()
    let path = URL(filePath: CommandLine.program.path).deletingLastPathComponent().path()
    let search = "\(path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
    var output = ""
    for block in blocks {
      if block.kind == "output" {
        let found = output.split(separator: "\n").map { line in
          line.split(separator: " ").joined(separator: " ")
        }
        for line in block.text.split(separator: "\n") {
          let wanted = line.split(separator: " ").joined(separator: " ")
          #expect(found.contains(wanted), "\(wanted) is not among \(found)")
        }
        continue
      }
      if block.kind == "python", try !hasNumPy() {
        try writeArrays(into: folder)
        continue
      }
      let program = Program(path: block.kind == "sh" ? "/bin/sh" : "/usr/bin/env")
      let arguments =
        block.kind == "sh" ? ["-e", "-c", block.text] : ["python3", "-c", block.text]
      let result = try program.run(arguments, environment: ["PATH": search], in: folder.path)
      #expect(result.status == 0, "\(block.text)\n\(result.standardError)")
      #expect(result.standardError == "", "\(block.text)")
      output = result.standardOutput
    }
  }
}
