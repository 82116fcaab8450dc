import Foundation
import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite("Adversarial training") struct AdversarialTrainingTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private static let base = """
    name: moons
    data: {train: {moons: {samples: 120, noise: 0.1}}, batch_size: 20, normalize: standard}
    model: [{linear: 16}, batch_norm1d, tanh, dropout, {linear: 2}]
    loss: cross_entropy
    optimizer: adam
    epochs: 3
    checkpoint: {every: 1, interval: step, keep: 30}
    """

  private static let methods = [
    "pgd: {eps: 0.1}", "fgsm: {eps: 0.1, norm: l2, share: 0.5}", "trades: {eps: 0.1, steps: 3}",
    "gaussian_noise: {sigma: 0.2}",
  ]

  @Test(
    "every method of the registry is read, written and built",
    arguments: Registry.adversarialMethods.names)
  func registry(name: String) throws {
    let option = name == "gaussian_noise" ? "sigma" : "eps"
    let config = try Config(
      yaml: Self.base, overrides: ["adversarial={\(name): {\(option): 0.25}}"])
    #expect(try config.makeAdversarialTraining()?.radius == 0.25)
    #expect(try Config(yaml: config.resolvedYAML) == config)
    #expect(try Config(yaml: Self.base).resolvedYAML.contains("adversarial") == false)
  }

  @Test func theFormOfTheDocumentationIsRead() throws {
    let config = try Config(
      yaml: Self.base,
      overrides: [
        "adversarial={pgd: {eps: 0.1, steps: 7, step_size: 0.025, random_start: true}, share: 0.5}"
      ])
    #expect(
      try config.makeAdversarialTraining()
        == AdversarialTraining(
          .pgd(steps: 7, stepSize: 0.025, randomStart: true), radius: 0.1, share: 0.5))
    let standard = try Config(yaml: Self.base, overrides: ["adversarial={fgsm: 0.2}"])
    #expect(
      try standard.makeAdversarialTraining()
        == AdversarialTraining(.fgsm(stepSize: 0.25, randomStart: true), radius: 0.2))
  }

  /// The networks of scripts/robustness differ in what they are trained against, and in the schedule.
  @Test(arguments: [
    ("fgsm", AdversarialTraining.Method.fgsm(stepSize: 0.125, randomStart: true)),
    ("pgd", .pgd(steps: 7, stepSize: 0.025, randomStart: true)),
  ])
  func exampleConfigsAreRead(name: String, method: AdversarialTraining.Method) throws {
    func config(_ name: String) throws -> Config {
      try Config(
        contentsOf: Repository.path("docs/examples/configs/\(name).yaml"))
    }
    let (defended, undefended) = (try config("fashion-cnn-\(name)"), try config("fashion-cnn"))
    #expect(
      try defended.makeAdversarialTraining() == AdversarialTraining(method, radius: 0.1))
    #expect(try undefended.makeAdversarialTraining() == nil)
    _ = try defended.makeModel()
    #expect(defended.model == undefended.model && defended.data == undefended.data)
    #expect(defended.losses == undefended.losses && defended.seed == undefended.seed)
  }

  @Test func incompatibleSettingsAreReported() throws {
    func read(_ override: String, _ loss: String = "cross_entropy") throws {
      _ = try Config(yaml: Self.base, overrides: ["adversarial={\(override)}", "loss=\(loss)"])
    }
    expectError("unknown adversarial method `pdg`") { try read("pdg: {eps: 0.1}") }
    expectError("pgd needs `eps`") { try read("pgd: {steps: 3}") }
    expectError("`share` must be above 0") { try read("pgd: {eps: 0.1, share: 0}") }
    expectError("compares predicted probabilities", "`mse`") {
      try read("trades: {eps: 0.1}", "mse")
    }
    let config = try Config(yaml: Self.base, overrides: ["adversarial={pgd: {eps: 100}}"])
    expectError("larger than the range of the data") { _ = try TrainingRun.check(config) }
  }

  /// A run that is interrupted within an epoch and resumed ends with the same bits.
  @Test("a resumed run has the same bits", arguments: methods)
  func resumption(method: String) throws {
    let config = try Config(yaml: Self.base, overrides: ["adversarial={\(method)}"])
    let (whole, parts) = (temporary.path("whole"), temporary.path("parts"))
    _ = try TrainingRun(config: config, folder: RunFolder(whole)).run()
    for steps in [4, 9] {
      _ = try TrainingRun(
        config: config, folder: RunFolder(parts), resumes: true, maximumSteps: steps
      ).run()
    }
    _ = try TrainingRun(config: config, folder: RunFolder(parts), resumes: true).run()
    let (one, other) = (
      try TrainedModel(folder: RunFolder(whole)), try TrainedModel(folder: RunFolder(parts))
    )
    for (left, right) in zip(one.weights, other.weights) {
      expectIdentical(left.tensor, right.tensor, left.name)
    }
    // It is another training than that on clean inputs.
    let clean = temporary.path("clean")
    _ = try TrainingRun(config: Config(yaml: Self.base), folder: RunFolder(clean)).run()
    let plain = try TrainedModel(folder: RunFolder(clean))
    #expect(zip(plain.weights, one.weights).contains { $0.tensor != $1.tensor })
  }

  /// One step of SGD on a linear network, whose worst input is the closed form x − ε·y·sign(w).
  @Test("a step uses the gradient at the perturbed inputs, in raw units")
  func step() throws {
    let inputs = HostTensor([1, 2, -1, 0.5, 3, -2, 0.25, -1], shape: [4, 2])
    let targets = HostTensor([0, 1, 1, 0] as [Double], shape: [4, 1])
    let data = try Dataset(name: "rows", inputs: inputs, targets: targets)
    let (weight, eps, rate) = ([0.5, -0.75], 0.2, 0.125)
    for share in [1.0, 0.5] {
      let trainer = try Trainer(
        model: Model { Dense(1, bias: false) }, loss: BinaryCrossEntropyWithLogits(),
        optimizer: SGD(learningRate: rate), data: data, batchSize: 4,
        settings: TrainingSettings(
          dtype: .float64, shuffle: false, normalization: .given(mean: [1], standardDeviation: [2]),
          adversarial: AdversarialTraining(
            .pgd(steps: 5, stepSize: 0.1, randomStart: false), radius: eps, share: share)))
      try trainer.load(["0.weight": HostTensor(weight, shape: [1, 2])])
      _ = try trainer.step()
      let (x, y) = (inputs.doubles, targets.doubles)
      let ranges = [(-1.0, 3.0), (-2.0, 2.0)]
      var gradient = [0.0, 0.0]
      for row in 0..<4 {
        let isPerturbed = Double(row) < 4 * share
        let moved = (0..<2).map { column -> Double in
          let step = (y[row] == 1 ? -1 : 1) * (weight[column] > 0 ? eps : -eps)
          let value = x[row * 2 + column] + (isPerturbed ? step : 0)
          return min(max(value, ranges[column].0), ranges[column].1)
        }
        let scaled = moved.map { ($0 - 1) / 2 }
        let score = weight[0] * scaled[0] + weight[1] * scaled[1]
        let error = 1 / (1 + exp(-score)) - y[row]
        for column in 0..<2 { gradient[column] += error * scaled[column] / 4 }
      }
      let expected = (0..<2).map { weight[$0] - rate * gradient[$0] }
      expectClose(try trainer.weights()[0].tensor.doubles, expected)
    }
  }

  /// With β → 0 the loss is that of the clean inputs; its step is that of training without it.
  @Test("the loss of trades is that of clean inputs plus the divergence")
  func trades() throws {
    let data = try DataGenerator(.moons, samples: 40, noise: 0.1, seed: 2).make()
    func loss(_ adversarial: AdversarialTraining?) throws -> Double {
      let trainer = try Trainer(
        model: Model {
          Dense(8)
          Tanh()
          Dense(2)
        }, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1), data: data, batchSize: 40,
        settings: TrainingSettings(dtype: .float64, adversarial: adversarial))
      return try #require(try trainer.step()).loss
    }
    func trades(_ beta: Double) -> AdversarialTraining {
      AdversarialTraining(.trades(beta: beta, steps: 5, stepSize: 0.1), radius: 0.3)
    }
    let clean = try loss(nil)
    let (one, three) = (try loss(trades(1)), try loss(trades(3)))
    #expect(one > clean)
    // The same perturbation, as the divergence does not depend on β.
    expectClose([three - clean], [3 * (one - clean)], Tolerance(relative: 1e-9))
  }

  /// For inputs ±1, σ = 1 and half of all elements kept and doubled: E[(2m(x + n) − 1)²] = 5.
  @Test("gaussian noise has its deviation, and dropout does not depend on it")
  func gaussianNoise() throws {
    let (count, batchSize) = (60_000, 20_000)
    let data = try Dataset(
      name: "signs",
      inputs: HostTensor((0..<count).map { $0.isMultiple(of: 2) ? 1.0 : -1 }, shape: [count, 1]),
      targets: HostTensor([Double](repeating: 1, count: count), shape: [count, 1]))
    let trainer = try Trainer(
      model: Model {
        Dropout(0.5)
        Dense(1, bias: false)
      }, loss: MeanSquaredError(), optimizer: SGD(learningRate: 1e-30), data: data,
      batchSize: batchSize,
      settings: TrainingSettings(
        dtype: .float64, shuffle: false,
        adversarial: AdversarialTraining(.gaussianNoise, radius: 1, norm: .l2)))
    try trainer.load(["1.weight": HostTensor([1.0], shape: [1, 1])])
    let losses = try (0..<3).map { _ in try #require(try trainer.step()).loss }
    // The variance of a square is 80, so five standard errors are 0.32.
    for loss in losses { #expect(abs(loss - 5) < 0.32) }
    #expect(Set(losses).count == 3)
  }

  @Test("sizes in another unit are reported")
  func units() throws {
    // One channel with values of 0…1, and the other of 2…5.
    let images = try Dataset(
      name: "images",
      inputs: HostTensor([0.0, 1, 0, 1, 2, 5, 2, 5], shape: [1, 2, 2, 2]),
      targets: HostTensor([0] as [Int32]))
    let range = try InputRange(of: images)
    expectClose([range.diameter(of: [2, 2, 2])], [Double(40).squareRoot()], .exact)
    func train(_ options: AdversarialTraining) throws {
      _ = try Trainer(
        model: Model {
          Flatten()
          Dense(2)
        }, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1), data: images, batchSize: 1,
        settings: TrainingSettings(adversarial: options))
    }
    let method = AdversarialTraining.Method.fgsm(stepSize: 1, randomStart: false)
    try train(AdversarialTraining(method, radius: 3))
    try train(AdversarialTraining(method, radius: 6, norm: .l2))
    try train(AdversarialTraining(.gaussianNoise, radius: 3, norm: .l2))
    expectError("eps 3.5 is larger than the range of the data, whose values differ by at most 3") {
      try train(AdversarialTraining(method, radius: 3.5))
    }
    expectError("eps 7.0 is larger", "in the norm l2 by at most 6.325") {
      try train(AdversarialTraining(method, radius: 7, norm: .l2))
    }
    expectError("sigma 4.0 is larger than the range of the data") {
      try train(AdversarialTraining(.gaussianNoise, radius: 4, norm: .l2))
    }
  }

  @Test("the network withstands the attack that it was trained with")
  func robustness() throws {
    let data = try DataGenerator(.moons, samples: 300, noise: 0.1, seed: 2).make()
    func accuracyUnderAttack(_ adversarial: AdversarialTraining?) throws -> Double {
      let trainer = try Trainer(
        model: Model {
          Dense(32)
          ReLU()
          Dense(32)
          ReLU()
          Dense(2)
        }, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.01), data: data, batchSize: 30,
        settings: TrainingSettings(adversarial: adversarial))
      for _ in 0..<30 { _ = try trainer.epoch() }
      let model = try trainer.trainedModel()
      let terms = [LossTerm(CrossEntropy())]
      let (batches, _) = try model.attackBatches(
        of: data, losses: terms, count: nil, batchSize: data.count)
      let ascent = try AscentFunctions(NetworkSource(model), goal: .loss(terms), norm: .linf)
      let batch = batches[0]
      let moved = try ascent.ascend(
        from: batch.clean, of: batch, radius: 0.2, stepSize: 0.02, count: 40)
      let shares = CorrectShares.of(
        try ascent.measure(moved, of: batch).samples, batch.targets.values, count: batch.count,
        kind: .classLogits, ignoredLabel: -100)
      return try #require(shares).reduce(0, +) / Double(batch.count)
    }
    let clean = try accuracyUnderAttack(nil)
    let robust = try accuracyUnderAttack(
      AdversarialTraining(.pgd(steps: 7, stepSize: 0.05, randomStart: true), radius: 0.2))
    #expect(robust > clean + 0.02, "\(clean), \(robust)")
  }
}
