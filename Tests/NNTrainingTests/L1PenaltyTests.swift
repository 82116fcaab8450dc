import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// The gradient of λ · Σ|θ| is λ · sign(θ).
@Suite struct L1PenaltyTests {
  private static let first: [String: HostTensor] = [
    "0.weight": HostTensor([0.5, -2, 0], shape: [1, 3]), "0.bias": HostTensor([-0.25], shape: [1]),
  ]

  private func trainer(
    l1 penalty: Double, _ optimizer: any Optimizer = SGD(learningRate: 0.1),
    clipping: [GradientClipping] = []
  ) throws -> Trainer {
    let data = try Dataset(
      name: "plane", inputs: HostTensor([1.0, 2, 3, -1, 0.5, 4], shape: [2, 3]),
      targets: HostTensor([2.0, -1], shape: [2, 1]))
    let trainer = try Trainer(
      model: Model([Dense(1)]), loss: MeanSquaredError(), optimizer: optimizer, data: data,
      batchSize: 2,
      settings: TrainingSettings(
        dtype: .float64, shuffle: false, clipping: clipping, l1Penalty: penalty, logEvery: 1))
    try trainer.load(Self.first)
    return trainer
  }

  private func numbers(_ trainer: Trainer) throws -> [Double] {
    try trainer.weights().flatMap { $0.tensor.doubles }
  }

  /// With errors e, the gradient of the mean squared error is 2/N Σ e·x.
  @Test func aStepIsThatOfTheFormula() throws {
    let (rows, targets) = ([[1.0, 2, 3], [-1, 0.5, 4]], [2.0, -1])
    let (weights, bias) = ([0.5, -2, 0], -0.25)
    let errors = zip(rows, targets).map { row, target in
      zip(row, weights).reduce(bias) { $0 + $1.0 * $1.1 } - target
    }
    let derivatives = (0..<3).map { column in
      zip(errors, rows).reduce(0) { $0 + $1.0 * $1.1[column] }
    }
    let gradient = derivatives + [errors[0] + errors[1]]
    let trainer = try trainer(l1: 0.3)
    let step = try #require(try trainer.step())
    // The loss excludes the penalty.
    #expect(abs(step.loss - (errors[0] * errors[0] + errors[1] * errors[1]) / 2) < 1e-14)
    let signs = [1.0, -1, 0, -1]
    for (index, found) in try numbers(trainer).enumerated() {
      let expected = (weights + [bias])[index] - 0.1 * (gradient[index] + 0.3 * signs[index])
      #expect(abs(found - expected) < 1e-14)
    }
  }

  /// Clipping and the logged norm use the gradient of the loss alone, as with weight decay.
  @Test func itComesAfterClipping() throws {
    let (plain, penalized) = (try trainer(l1: 0), try trainer(l1: 1000))
    let norms = try [plain, penalized].map { trainer in
      try #require(try trainer.step()?.gradientNorm)
    }
    #expect(norms[0] == norms[1])
    // With the gradient clipped to almost zero, −η · λ · sign(θ) remains.
    let clipped = try trainer(l1: 0.5, clipping: [.value(limit: 1e-300)])
    _ = try clipped.step()
    for (found, expected) in zip(try numbers(clipped), [0.45, -1.95, 0, -0.2]) {
      #expect(abs(found - expected) < 1e-14)
    }
  }

  @Test func zeroMeansNoPenalty() throws {
    let (one, other) = (try trainer(l1: 0, Adam()), try trainer(l1: 0.01, Adam()))
    let config = try Config(yaml: Self.yaml + "l1_penalty: 0\n")
    #expect(config.l1Penalty == 0)
    for _ in 0..<5 {
      _ = try one.step()
      _ = try other.step()
    }
    #expect(try numbers(one) != numbers(other))
    // A weight that is 0 and has no gradient of its own stays 0.
    let still = try trainer(l1: 0.5)
    try still.load([
      "0.weight": HostTensor([0.0, 0, 0], shape: [1, 3]), "0.bias": HostTensor([0.0], shape: [1]),
    ])
    let before = try trainer(l1: 0)
    try before.load([
      "0.weight": HostTensor([0.0, 0, 0], shape: [1, 3]), "0.bias": HostTensor([0.0], shape: [1]),
    ])
    _ = try still.step()
    _ = try before.step()
    #expect(try numbers(still) == numbers(before))
  }

  // MARK: - In a config

  private static let yaml = """
    name: penalized
    data: {train: {moons: {samples: 20}}}
    model: [{linear: 2}]
    loss: cross_entropy
    optimizer: adam

    """

  @Test func aConfigKeepsIt() throws {
    let plain = try Config(yaml: Self.yaml)
    #expect(plain.l1Penalty == 0)
    // Without the penalty, a run's files are the same as before the option existed.
    #expect(!plain.resolvedYAML.contains("l1_penalty"))
    let config = try Config(yaml: Self.yaml, overrides: ["l1_penalty=0.001"])
    #expect(config.l1Penalty == 0.001)
    #expect(config.resolvedYAML.contains("\nl1_penalty: 0.001\n"))
    #expect(try Config(yaml: config.resolvedYAML).l1Penalty == 0.001)
    #expect(try Config(yaml: Self.yaml + "l1_penalty: null\n").l1Penalty == 0)
  }

  @Test(arguments: ["-1", "nan", "much"])
  func invalidValuesAreRejected(text: String) {
    expectError("`l1_penalty` expects a number ≥ 0, gets") {
      _ = try Config(yaml: Self.yaml, overrides: ["l1_penalty=\(text)"])
    }
  }

  /// A run trains with it: the first step differs by lr · λ for every weight.
  @Test func aRunTrainsWithIt() throws {
    let folder = try TemporaryFolder()
    func weights(_ name: String, _ overrides: [String]) throws -> [Double] {
      let config = try Config(
        yaml: Self.yaml,
        overrides: ["epochs=1", "optimizer={sgd: {lr: 0.5}}", "dtype=float64"] + overrides)
      let run = try TrainingRun(config: config, folder: RunFolder(folder.path(name)))
      _ = try run.run()
      return try TrainedModel(folder: run.folder).weights.flatMap { $0.tensor.doubles }
    }
    let (plain, none) = (try weights("plain", []), try weights("none", ["l1_penalty=0"]))
    #expect(plain == none)
    // One step of all 20 examples: the difference is lr · λ · sign(θ₀), and the first bias is not
    // 0.
    let penalized = try weights("penalized", ["l1_penalty=0.01"])
    for (one, other) in zip(plain, penalized) { #expect(abs(abs(one - other) - 0.005) < 1e-12) }
  }
}
