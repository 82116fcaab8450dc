import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// Data that are larger than the memory of the process.
@Suite("Data larger than memory") struct StreamedDataTests {
  private static let rows = 65_536
  private static let columns = 6144

  /// A folder with 1.5 GiB of zeros as inputs, of which the disk stores nothing, and targets.
  private static func workspace() throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {npy: x.npy, y: y.npy, stream: true}
        batch_size: 64
        shuffle_window: 4096
      model: [{linear: 4}, relu, {linear: 1}]
      loss: mse
      optimizer: {sgd: {lr: 0.1}}
      epochs: 1
      """)
    let header = NPY.encode(HostTensor(zeros: [0, columns])).prefix { $0 != 10 } + [10]
    let text = String(decoding: header.dropFirst(10), as: UTF8.self)
    let shape = "(\(rows), \(columns))"
    // The number takes the place of spaces, as NumPy's does.
    let grown = text.replacing(
      "(0, \(columns)), }" + String(repeating: " ", count: 4), with: "\(shape), }")
    #expect(grown.utf8.count == text.utf8.count)
    let path = try workspace.folder.write(
      Data(header.prefix(10) + Array(grown.utf8)), to: "x.npy")
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.truncate(atOffset: UInt64(header.count + rows * columns * 4))
    try NPY.write(
      HostTensor((0..<rows).map { Float($0 % 7) }, shape: [rows, 1]),
      to: workspace.folder.path("y.npy"))
    return workspace
  }

  /// Trains for 20 steps in an address space of 1 GiB, with a cache in the folder.
  private static func train(
    _ workspace: Workspace, _ more: [String] = [], run: String
  ) throws -> ProgramResult {
    let words =
      [CommandLine.program.path]
      + workspace.arguments(
        ["--threads", "1", "--quiet", "--no-report", "--max-steps", "20"] + more, run: run)
    return try Program(path: "/bin/sh").run(
      ["-c", "ulimit -v 1000000; exec " + words.map { "'\($0)'" }.joined(separator: " ")],
      environment: ["NN_CACHE_DIR": workspace.path("cache")], timeout: 300)
  }

  @Test("1.5 GiB train in an address space of 1 GiB, and do not fit into it")
  func addressSpace() throws {
    let workspace = try Self.workspace()
    let streamed = try Self.train(workspace, run: "streamed")
    #expect(streamed.status == 0, "\(streamed.standardError)")
    #expect(workspace.folder.contains("streamed/model.safetensors"))
    let whole = try Self.train(workspace, ["--set", "data.train.stream=false"], run: "whole")
    #expect(whole.status == 2, "\(whole.standardError)")
    #expect(whole.standardError.contains("x.npy: the file would take 1.5 GiB"))
    #expect(whole.standardError.contains("ulimit -v"))
    #expect(whole.standardError.contains("hint: leave inputs in the file: stream: true"))
  }

  /// A folder with a table of 84 MiB, whose numbers alone take 336 MiB in memory, and more while they
  /// are read.
  private static func table() throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {csv: t.csv, stream: true}
        batch_size: 64
        shuffle_window: 4096
        normalize: standard
      model: [{linear: 4}, relu, {linear: 1}]
      loss: mse
      optimizer: {sgd: {lr: 0.01}}
      epochs: 1
      """)
    let columns = 40
    let names = (0..<columns).map { "c\($0)" }.joined(separator: ",") + "\n"
    let path = try workspace.folder.write(names, to: "t.csv")
    let rows = (0..<10_000).map { row in
      (0..<columns).map { "\((row * 7 + $0) % 10)" }.joined(separator: ",") + "\n"
    }
    let block = Data(rows.joined().utf8)
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.seekToEnd()
    for _ in 0..<110 { try file.write(contentsOf: block) }
    return workspace
  }

  @Test("a table trains in an address space of 1 GiB, and does not fit into it")
  func tableInAddressSpace() throws {
    let workspace = try Self.table()
    let streamed = try Self.train(workspace, run: "streamed")
    #expect(streamed.status == 0, "\(streamed.standardError)")
    #expect(workspace.folder.contains("streamed/model.safetensors"))
    let whole = try Self.train(workspace, ["--set", "data.train.stream=false"], run: "whole")
    #expect(whole.status == 2, "\(whole.standardError)")
    #expect(whole.standardError.contains("t.csv: the table in memory would take"))
    #expect(whole.standardError.contains("ulimit -v"))
    #expect(whole.standardError.contains("hint: leave inputs in a file: stream: true"))
  }

  @Test("a streamed column of many categories takes the memory of few rows")
  func manyCategories() throws {
    let workspace = try Workspace(
      """
      data:
        train: {csv: t.csv, columns: {k: {type: category}}, stream: true}
        batch_size: 64
      model: [{linear: 1}]
      loss: mse
      optimizer: {sgd: {lr: 0.01}}
      epochs: 1
      """)
    // One-hot inputs of all rows would take 1.1 GiB.
    try workspace.folder.write(
      "k,y\n" + (0..<50_000).map { "k\($0 * 7 % 3000),\($0 % 5).5\n" }.joined(), to: "t.csv")
    let streamed = try Self.train(workspace, run: "streamed")
    #expect(streamed.status == 0, "\(streamed.standardError)")
    let whole = try Self.train(workspace, ["--set", "data.train.stream=false"], run: "whole")
    #expect(whole.status == 2, "\(whole.standardError)")
    #expect(whole.standardError.contains("50000 rows of 3000 inputs would take 1.1 GiB"))
    #expect(whole.standardError.contains("hint: leave inputs in a file: stream: true"))
  }

  @Test("a compressed archive, an array in Fortran order, and a cut file are errors with a fix")
  func unsuitable() throws {
    let workspace = try Workspace(
      Workspace.circles.replacing(
        "train: {circles: {samples: 200, noise: 0.05}}",
        with: "train: {npz: a.npz, stream: true}"
      ).replacing("  test: {circles: {samples: 50, noise: 0.05}}\n", with: ""))
    let arrays = [
      (name: "x", tensor: HostTensor(zeros: [40, 2])),
      (name: "y", tensor: HostTensor((0..<40).map { Int64($0 % 2) })),
    ]
    try NPZ.write(arrays, to: workspace.path("a.npz"), compression: .deflated)
    func fail(_ more: String..., saying parts: [String]) throws {
      _ = try CommandLine.fail(workspace.arguments(more, run: "none"), saying: parts)
    }
    try fail(saying: ["a.npz: array \"x\": is compressed", "hint: save it with numpy.savez"])
    for (name, tensor) in arrays { try NPY.write(tensor, to: workspace.path("\(name).npy")) }
    let npy =
      "data.train={npy: \(workspace.path("x.npy")), y: \(workspace.path("y.npy")), stream: true}"
    let text = NPY.encode(HostTensor(zeros: [40, 2]))
    let fortran = Data(text).replacing(Data("False".utf8), with: Data("True ".utf8))
    try fortran.write(to: URL(filePath: workspace.path("x.npy")))
    try fail("--set", npy, saying: ["x.npy: is in Fortran order", "numpy.ascontiguousarray(x)"])
    try Data(text.dropLast(9)).write(to: URL(filePath: workspace.path("x.npy")))
    try fail("--set", npy, saying: ["x.npy: truncated: shape [40, 2] takes 320 bytes, found 311"])
    try fail(
      "--set", "data.shuffle=false", "--set", "data.shuffle_window=9",
      saying: ["leave `shuffle_window` out"])
  }
}
