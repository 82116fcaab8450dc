import NNCore
import NNData
import NNFormats
import NNLosses
import NNTestSupport
import NNTraining
import Testing

@Suite("Class weights against scikit-learn and PyTorch")
struct BalanceReferenceTests {
  private static func config(
    _ folder: TemporaryFolder, x: HostTensor, y: HostTensor, _ overrides: [String] = []
  ) throws -> Config {
    try NPZ.write([("x", x), ("y", y)], to: folder.path("data.npz"))
    return try Config(
      yaml: """
        data: {train: {npz: data.npz}, batch_size: \(y.elementCount), shuffle: false}
        model: [{linear: 3}]
        loss: {cross_entropy: {class_weight: balanced}}
        optimizer: {sgd: {lr: 0.5}}
        """, folder: folder.path, overrides: overrides)
  }

  @Test(arguments: ["weights-two", "weights-one-class", "weights-gap", "weights-many"])
  func balancedWeights(name: String) throws {
    let example = try Fixture.load("balance", "balance").example(name)
    let labels = try example.given("labels", as: .float64)
    let folder = try TemporaryFolder()
    let config = try Self.config(
      folder, x: HostTensor(zeros: [labels.elementCount, 2], dtype: .float32), y: labels)
    let resolved = try config.adapted(to: RunData(config))
    let loss = try #require(resolved.makeLoss() as? CrossEntropy)
    let weights = try #require(loss.weight)
    let present = Set(labels.scalars(as: Int64.self)).sorted().map { Int($0) }
    let expected = try example.expected("weights", .float64).doubles
    expectClose(present.map { weights[$0] }, expected, .float64, name)
    // scikit-learn lists no classes without rows.
    for other in weights.indices where !present.contains(other) { #expect(weights[other] == 1) }
    // A run records the weights, so that its config means the same with other data.
    #expect(resolved.resolvedYAML.contains(" weight:"))
    #expect(!resolved.resolvedYAML.contains("class_weight"))
    #expect(try Config(yaml: resolved.resolvedYAML) == resolved)
  }

  @Test(arguments: [DType.float64, .float32])
  func training(dtype: DType) throws {
    let example = try Fixture.load("balance", "balance").example("training")
    let folder = try TemporaryFolder()
    let epochs = try #require(example.options["epochs"]?.integer)
    let config = try Self.config(
      folder, x: example.given("x", as: dtype), y: example.given("y", as: dtype),
      [
        "epochs=\(epochs)", "dtype=\(dtype)",
        "optimizer.sgd.lr=\(example.options["lr"]?.number ?? 0)",
      ]
    )
    let names = ["0.weight", "0.bias"]
    let start = folder.path("start.safetensors")
    try SafeTensorsFile(tensors: names.map { ($0, try example.given($0, as: dtype)) })
      .write(to: start)
    let run = try TrainingRun(
      config: config, folder: RunFolder(folder.path("run")), initialWeights: start)
    let losses = Losses()
    _ = try run.run(observers: [losses])
    let curve = dtype == .float64 ? Tolerance.float64Curve : .float32Curve
    expectClose(losses.values, try example.expected("losses", dtype).doubles, curve, "losses")
    let trained = try SafeTensorsFile(contentsOf: run.folder.model)
    let tolerance = dtype == .float64 ? Tolerance.float64 : .float32Parameters
    for name in names {
      expectClose(
        try #require(trained[name]), try example.expected(name, dtype), tolerance, name)
    }
  }

  /// Records the loss of each epoch.
  private final class Losses: TrainingObserver {
    private(set) var values: [Double] = []

    func receive(_ event: TrainingEvent) {
      if case .epoch(let epoch) = event { values.append(epoch.trainLoss) }
    }
  }
}
