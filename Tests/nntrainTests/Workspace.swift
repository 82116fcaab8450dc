import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// A folder with a config in it, where a test trains.
struct Workspace {
  let folder: TemporaryFolder
  /// The config's path.
  let config: String

  /// Writes a config; by default one of a perceptron that learns circles in a moment.
  init(_ text: String = Workspace.circles) throws {
    folder = try TemporaryFolder()
    config = try folder.write(text, to: "tiny.yaml")
  }

  /// 160 training rows in batches of 32 make five steps per epoch, three epochs.
  static let circles = """
    data:
      train: {circles: {samples: 200, noise: 0.05}}
      validation: {split: 0.2}
      test: {circles: {samples: 50, noise: 0.05}}
      batch_size: 32
    model:
      - linear: 16
      - relu
      - dropout: 0.1
      - linear: 2
    loss: cross_entropy
    optimizer: {adam: {lr: 0.02}}
    metrics: [accuracy]
    epochs: 3
    log: {every: 1}
    checkpoint: {every: 2, interval: step}
    """

  /// A workspace with images of bright and dark stripes and a convolutional network for them.
  static func images() throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {npz: images.npz}
        validation: {split: 0.25}
        batch_size: 16
        normalize: standard
      model:
        - conv2d: {out_channels: 5, kernel_size: 3, padding: same}
        - batch_norm2d
        - relu
        - max_pool2d: 2
        - conv2d: {out_channels: 7, kernel_size: 3}
        - relu
        - flatten
        - dropout: 0.2
        - linear: 3
      loss: cross_entropy
      optimizer: {adam: {lr: 0.01}}
      metrics: [accuracy]
      epochs: 2
      """)
    let count = 61
    let labels = (0..<count).map { Int64($0 * 7 % 3) }
    var pixels: [UInt8] = []
    for (row, label) in labels.enumerated() {
      for pixel in 0..<81 {
        let isBright = (pixel % 9 + row) % (Int(label) + 2) == 0
        pixels.append(UInt8((isBright ? 160 : 10) + pixel))
      }
    }
    try NPZ.write(
      [
        ("x", HostTensor(pixels, shape: [count, 1, 9, 9])), ("y", HostTensor(labels)),
      ], to: workspace.folder.path("images.npz"))
    return workspace
  }

  /// The arguments of a training run into `run` (by default) inside the workspace.
  func arguments(_ more: [String] = [], run: String = "run") -> [String] {
    ["train", config, "--run-dir", path(run)] + more
  }

  /// Trains to the end and returns standard output.
  @discardableResult
  func train(
    _ more: String..., run: String = "run", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try CommandLine.program.run(arguments(more, run: run))
    #expect(result.status == 0, "\(result.standardError)", sourceLocation: sourceLocation)
    return result.standardOutput
  }

  /// The path of a file inside.
  func path(_ name: String) -> String { folder.path(name) }

  /// The bytes of a run's weights.
  func weights(of run: String = "run") throws -> Data {
    try Data(contentsOf: URL(filePath: path("\(run)/model.safetensors")))
  }

  /// The rows of one of a run's tables, headings first.
  func table(_ name: String, run: String = "run") throws -> [[String]] {
    try folder.text(of: "\(run)/\(name)").split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
