import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// Sequences from arrays: tokens and numbers, one label per sequence or per step, of several
/// lengths.
@Suite("Sequences from NPZ files")
struct SequenceArrayTests {
  private static let count = 40
  private static let steps = 6

  /// Tokens 1 to 4 and zeros after each sequence's end.
  private static let lengths: [Int64] = (0..<count).map { Int64(1 + $0 % steps) }
  private static let tokens: [Int64] = (0..<count * steps).map { token(at: $0) }

  private static func token(at index: Int) -> Int64 {
    let (row, step) = (index / steps, index % steps)
    guard step < Int(lengths[row]) else { return 0 }
    return Int64(1 + (row * 7 + step * 3 + row * step) % 4)
  }

  /// A label that is `value` of each token; after an end it contradicts the rest, for it must not
  /// count.
  private func labels(_ value: (Int64) -> Int64) -> [Int64] {
    Self.tokens.indices.map { index in
      let token = Self.tokens[index]
      return token == 0 ? Int64(index / Self.steps % 2) : value(token)
    }
  }

  private func workspace(
    _ x: HostTensor, _ y: HostTensor, model: String
  ) throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {npz: s.npz, lengths: n}
        test: {npz: s.npz, lengths: n}
        batch_size: 8
      model: \(model)
      loss: cross_entropy
      optimizer: {adam: {lr: 0.05}}
      metrics: [accuracy]
      epochs: 40
      checkpoint: {every: 1000}
      """)
    try NPZ.write(
      [("x", x), ("y", y), ("n", HostTensor(Self.lengths))], to: workspace.path("s.npz"))
    return workspace
  }

  /// Trains, expects perfect accuracy of train and evaluate, and predicts for the same file.
  private func outputs(of workspace: Workspace) throws -> HostTensor {
    let output = try workspace.train()
    #expect(output.contains(/test: loss [\d.e-]+, accuracy 1(\.0+)?\n/), "\(output)")
    let evaluated = try CommandLine.succeed("evaluate", workspace.path("run"))
    #expect(evaluated.contains(/accuracy +1(\.0+)?\n/), "\(evaluated)")
    try CommandLine.succeed(
      "predict", workspace.path("run"), "--input", workspace.path("s.npz"), "--output",
      workspace.path("out.npy"))
    return try NPY.read(workspace.path("out.npy"))
  }

  private func largest(_ scores: ArraySlice<Double>) -> Int {
    (scores.indices.max { scores[$0] < scores[$1] } ?? scores.startIndex) - scores.startIndex
  }

  @Test("a class for each sequence of tokens") func classification() throws {
    let x = HostTensor(Self.tokens, shape: [Self.count, Self.steps])
    let labels: [Int64] = (0..<Self.count).map { row in
      let last = Self.tokens[row * Self.steps + Int(Self.lengths[row]) - 1]
      return last > 2 ? 1 : 0
    }
    let workspace = try workspace(
      x, HostTensor(labels),
      model: "[{embedding: 8}, {gru: {hidden_size: 8, return: last}}, {linear: 2}]")
    let found = try outputs(of: workspace)
    #expect(found.shape == [Self.count, 2])
    let scores = found.doubles
    for row in 0..<Self.count {
      #expect(largest(scores[2 * row..<2 * row + 2]) == Int(labels[row]))
    }
    // Rows have 2 and 4 tokens; padding is not shown.
    let explained = try CommandLine.succeed(
      "explain", workspace.path("run"), "--rows", "1,3", "--out", workspace.path("explained"))
    #expect(explained.contains(/token +attribution +share/))
    #expect(explained.matches(of: /\n[1-4] +[+-][\d.e-]+ +[\d.]+ %/).count == 6, "\(explained)")
    #expect(
      try NPY.read(workspace.path("explained/integrated_gradients.npy")).shape == [2, 6, 8])
    // A table of tokens is read, too; numbers that are no tokens are not.
    try workspace.folder.write("4,3,2,1,2,3\n", to: "new.csv")
    let csv = try CommandLine.succeed(
      "predict", workspace.path("run"), "--input", workspace.path("new.csv"))
    #expect(csv.split(separator: "\n").count == 2)
    try workspace.folder.write("4,3,2,1,2,0.5\n", to: "new.csv")
    try CommandLine.fail(
      ["predict", workspace.path("run"), "--input", workspace.path("new.csv")],
      saying: ["expected tokens: integers, found 0.5"])
    try workspace.folder.write("4,3,2,1,2,9\n", to: "new.csv")
    try CommandLine.fail(
      ["predict", workspace.path("run"), "--input", workspace.path("new.csv")],
      saying: ["the token 9, outside the vocabulary 0 to 4"])
  }

  @Test("a label for each step of tokens") func tagging() throws {
    let x = HostTensor(Self.tokens, shape: [Self.count, Self.steps])
    let labels = labels { ($0 + 1) % 5 }
    let workspace = try workspace(
      x, HostTensor(labels, shape: x.shape), model: "[{embedding: 8}, {linear: 5}]")
    let found = try outputs(of: workspace)
    #expect(found.shape == [Self.count, Self.steps, 5])
    // A line for each valid step; the class of each is that of its token.
    let input = ["--input", workspace.path("s.npz")]
    let csv = try CommandLine.succeed(
      arguments: ["predict", workspace.path("run")] + input)
    let lines = csv.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines[0] == ["row", "step", "class", "0", "1", "2", "3", "4"])
    let valid = Self.tokens.indices.filter { Self.tokens[$0] != 0 }
    #expect(lines.count == 1 + valid.count)
    let scores = found.doubles
    for (line, index) in zip(lines.dropFirst(), valid) {
      #expect(line[0] == "\(index / Self.steps)" && line[1] == "\(index % Self.steps)")
      #expect(line[2] == "\((Self.tokens[index] + 1) % 5)")
      let own = scores[5 * index..<5 * index + 5].map { Float($0) }
      #expect(line[3...].map { Float($0) ?? .nan } == own)
    }
    try CommandLine.succeed(
      arguments: ["predict", workspace.path("run"), "--output", workspace.path("out.jsonl")] + input
    )
    let objects = try workspace.folder.text(of: "out.jsonl").split(separator: "\n")
    #expect(objects.count == Self.count)
    for (row, object) in objects.enumerated() {
      let own = Self.tokens[row * Self.steps..<row * Self.steps + Int(Self.lengths[row])]
      let classes = own.map { "\"\(($0 + 1) % 5)\"" }.joined(separator: ", ")
      #expect(object.hasPrefix("{\"classes\": [\(classes)], \"outputs\": ["), "\(object)")
      #expect(object.count { $0 == "," } == own.count * 6 - 1)
    }
    // The report counts steps, not padding.
    let report = try workspace.folder.text(of: "run/report.html")
    #expect(report.contains("Of \(valid.count) steps of 40 examples of the test data, 100"))
    let wrong = try NPZWithLengths(x, labels, Self.lengths.map { _ in 7 }, in: workspace)
    try CommandLine.fail(
      ["predict", workspace.path("run"), "--input", wrong.path], saying: ["length 7", "1 to 6"])
  }

  /// The same arrays with other lengths.
  private struct NPZWithLengths {
    let path: String

    init(_ x: HostTensor, _ y: [Int64], _ n: [Int64], in workspace: Workspace) throws {
      path = workspace.path("other.npz")
      try NPZ.write(
        [("x", x), ("y", HostTensor(y, shape: x.shape)), ("n", HostTensor(n))], to: path)
    }
  }

  @Test("a label for each step of numbers") func taggingNumbers() throws {
    let numbers: [Float] = Self.tokens.map { Float($0) - 2.5 }
    let labels = labels { $0 > 2 ? 1 : 0 }
    let workspace = try workspace(
      HostTensor(numbers, shape: [Self.count, Self.steps, 1]),
      HostTensor(labels, shape: [Self.count, Self.steps]), model: "[{linear: 2}]")
    let found = try outputs(of: workspace)
    #expect(found.shape == [Self.count, Self.steps, 2])
    let scores = found.doubles
    for row in 0..<Self.count {
      for step in 0..<Int(Self.lengths[row]) {
        let index = row * Self.steps + step
        #expect(largest(scores[2 * index..<2 * index + 2]) == Int(labels[index]))
      }
    }
  }
}
