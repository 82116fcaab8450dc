import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// A network that reads an image and a table of numbers.
@Suite("Networks with several inputs")
struct SeveralInputTests {
  private static let count = 60

  /// The class depends on both inputs: a bright or dark image, and the sign of a number.
  private func workspace() throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {npz: d.npz, inputs: {image: x, table: t}}
        test: {npz: d.npz, inputs: {image: x, table: t}}
        batch_size: 12
      model:
        inputs: [image, table]
        layers:
          - name: trunk
            from: image
            sequential: [{conv2d: {out_channels: 3, kernel_size: 3}}, relu, flatten, {linear: 4}]
          - {name: joined, from: [trunk, table], concat: {}}
          - linear: 16
          - relu
          - {name: class, linear: 4}
      loss: cross_entropy
      optimizer: {adam: {lr: 0.02}}
      metrics: [accuracy]
      epochs: 40
      checkpoint: {every: 1000}
      """)
    let pixels = HostTensor.random(
      [Self.count, 1, 4, 4], dtype: .float64, seed: 3, in: 0...100
    ).doubles
    let images = pixels.enumerated().map { index, value -> UInt8 in
      let isDark = index / 16 % 2 == 0
      return UInt8(isDark ? value : value + 150)
    }
    let numbers = HostTensor.random([Self.count, 2], dtype: .float32, seed: 4)
    let labels = (0..<Self.count).map { row -> Int64 in
      let isPositive = numbers.doubles[row * 2] > 0
      return Int64(2 * (row % 2)) + (isPositive ? 1 : 0)
    }
    try NPZ.write(
      [
        ("x", HostTensor(images, shape: [Self.count, 1, 4, 4])), ("t", numbers),
        ("y", HostTensor(labels)),
      ], to: workspace.path("d.npz"))
    return workspace
  }

  @Test("train, evaluate, predict, report and graph")
  func wholeWay() throws {
    let workspace = try workspace()
    let output = try workspace.train()
    let accuracy = try #require(output.firstMatch(of: /test: loss [\d.e-]+, accuracy ([\d.]+)/))
    #expect(Double(accuracy.1) ?? 0 >= 0.95, "\(output)")
    let evaluated = try CommandLine.succeed("evaluate", workspace.path("run"))
    #expect(evaluated.contains(accuracy.1), "\(evaluated)")
    try CommandLine.succeed(
      "predict", workspace.path("run"), "--input", workspace.path("d.npz"), "--output",
      workspace.path("out.npy"))
    #expect(try NPY.read(workspace.path("out.npy")).shape == [Self.count, 4])
    let explained = try CommandLine.succeed(
      "explain", workspace.path("run"), "--rows", "2", "--top", "18", "--out",
      workspace.path("explained"))
    for part in ["table: 0 ", "table: 1 ", "image: row 3, column 2 ", "image: row 0, column 0 "] {
      #expect(explained.contains("\n\(part)"), "\(explained)")
    }
    #expect(explained.contains("completeness error "))
    for (input, shape) in [("image", [1, 1, 4, 4]), ("table", [1, 2])] as [(String, Shape)] {
      let array = workspace.path("explained/integrated_gradients-\(input).npy")
      #expect(try NPY.read(array).shape == shape)
      #expect(workspace.folder.contains("explained/integrated_gradients-row-2-\(input).svg"))
    }
    let importance = try CommandLine.succeed(
      "explain", workspace.path("run"), "--method", "permutation", "--repeats", "2")
    for feature in ["image", "table[0]", "table[1]"] {
      #expect(importance.contains("\n\(feature) "), "\(importance)")
    }
    try CommandLine.succeed("report", workspace.path("run"))
    try CommandLine.succeed("graph", workspace.config, "--output", workspace.path("net.svg"))
    let drawing = try String(contentsOfFile: workspace.path("net.svg"), encoding: .utf8)
    #expect(drawing.contains(">image<") && drawing.contains(">table<"))
  }

  @Test("inputs that are missing or of other sizes")
  func wrongInputs() throws {
    let workspace = try workspace()
    try workspace.train()
    let run = workspace.path("run")
    func expectComplaint(_ arrays: [(String, HostTensor)], _ message: String) throws {
      try NPZ.write(arrays, to: workspace.path("new.npz"))
      try CommandLine.fail(
        ["predict", run, "--input", workspace.path("new.npz")], saying: [message])
    }
    let image = HostTensor(zeros: [2, 1, 4, 4], dtype: .uint8)
    try expectComplaint(
      [("x", image)],
      "holds no array called \"t\", the input `table` of the network\n  hint: it holds: x")
    try expectComplaint(
      [("x", image), ("t", HostTensor(zeros: [2, 3], dtype: .float32))],
      "the input `table` should have shape [N, 2], got [2, 3]")
    try expectComplaint(
      [("x", image), ("t", HostTensor(zeros: [3, 2], dtype: .float32))],
      "2 examples of `image`, but `table` has shape [3, 2]")
    try NPY.write(image, to: workspace.path("x.npy"))
    try CommandLine.fail(
      ["predict", run, "--input", workspace.path("x.npy")],
      saying: ["the input `table` of the network is missing"])
  }

  @Test("a config whose network has other inputs than its data")
  func otherNames() throws {
    let workspace = try workspace()
    try CommandLine.fail(
      ["check", workspace.config, "--set", "data.train.inputs={image: x, numbers: t}"],
      saying: ["reads the input `table`, which the network does not have"])
  }
}
