import Foundation
import NNAnalysis
import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// A linear classifier of two classes with given weights: logits 0 and w·x + b.
private func linearModel(
  _ weights: [Double], bias: Double = 0, dtype: DType = .float64
) throws -> TrainedModel {
  let data = try Dataset(
    name: "rows", inputs: HostTensor.normal([4, weights.count]),
    targets: HostTensor([0, 1, 0, 1] as [Int32]))
  let trainer = try Trainer(
    model: Model { Dense(2) }, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1), data: data,
    batchSize: 4, settings: TrainingSettings(dtype: dtype))
  try trainer.load([
    "0.weight": HostTensor(
      doubles: weights.map { _ in 0 } + weights, shape: [2, weights.count], dtype: dtype),
    "0.bias": HostTensor(doubles: [0, bias], shape: [2], dtype: dtype),
  ])
  return try trainer.trainedModel()
}

/// A network on moons, trained for a few epochs.
private func moonsModel(
  epochs: Int = 20, adversarial: AdversarialTraining? = nil, dtype: DType = .float64
) throws -> TrainedModel {
  let trainer = try Trainer(
    model: Model {
      Dense(24)
      Tanh()
      Dense(2)
    }, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.02),
    data: DataGenerator(.moons, samples: 300, noise: 0.1, seed: 4).make(), batchSize: 30,
    settings: TrainingSettings(dtype: dtype, normalization: .standard, adversarial: adversarial))
  for _ in 0..<epochs { _ = try trainer.epoch() }
  return try trainer.trainedModel()
}

private let terms = [LossTerm(CrossEntropy())]

@Suite("Attacks") struct AttackTests {
  private let moons: Dataset

  init() throws { moons = try DataGenerator(.moons, samples: 150, noise: 0.1, seed: 9).make() }

  @Test(
    "every attack stays in the ball and in the range of the data", arguments: AttackRegistry.names)
  func balls(name: String) throws {
    let model = try moonsModel(epochs: 3, dtype: .float32)
    for norm in PerturbationNorm.allCases {
      let settings = AttackSettings(norm: norm, steps: 9, restarts: 2, queries: 30)
      let table = try AttackTable.measure(
        model, on: moons, attacks: [name], radii: [0.3], settings: settings, losses: terms)
      let (clean, moved) = (
        moons.inputs.doubles.map { Double(Float($0)) }, table.worstInputs.doubles
      )
      let extremes = (0..<2).map { column in
        stride(from: column, to: clean.count, by: 2).map { clean[$0] }
      }
      #expect(moved != clean)
      for row in 0..<moons.count {
        let change = (0..<2).map { moved[row * 2 + $0] - clean[row * 2 + $0] }
        let size =
          norm == .linf
          ? change.map(abs).max() ?? 0
          : (change[0] * change[0] + change[1] * change[1]).squareRoot()
        #expect(size <= 0.3 + Double(Float(2).ulp), "\(name) \(norm), row \(row): \(size)")
        for column in 0..<2 {
          let value = moved[row * 2 + column]
          #expect(
            value >= extremes[column].min() ?? 0 && value <= extremes[column].max() ?? 0)
        }
      }
    }
  }

  /// Of a linear classifier the margin m = ±(w·x + b) shrinks by at most ε·‖w‖₁ in `linf` and by
  /// ε·‖w‖₂ in `l2`, so it is wrong exactly where the margin is smaller.
  @Test(
    "the worst case of a linear network is the closed form", arguments: PerturbationNorm.allCases)
  func linear(norm: PerturbationNorm) throws {
    let weights = [0.8, -0.3, 0.5, 0.1]
    let model = try linearModel(weights, bias: 0.1)
    let inputs = HostTensor.normal([60, 4], seed: 8)
    let numbers = inputs.doubles
    let margins = (0..<60).map { row in
      zip(weights, numbers[row * 4..<row * 4 + 4]).reduce(0.1) { $0 + $1.0 * $1.1 }
    }
    let labels = (0..<60).map { Int32($0 % 3 == 0 ? 1 : 0) }
    // A range in which no attack is clipped: two rows far outside, which are not attacked.
    let far = HostTensor(
      [Double](repeating: -50, count: 4) + [Double](repeating: 50, count: 4), shape: [2, 4])
    let data = try Dataset(
      name: "rows", inputs: HostTensor(inputs.doubles + far.doubles, shape: [62, 4]),
      targets: HostTensor(labels + [0, 1]))
    let size =
      norm == .linf
      ? weights.map(abs).reduce(0, +) : weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for radius in [0.1, 0.5, 1.0] {
      let table = try AttackTable.measure(
        model, on: data, attacks: ["fgsm", "pgd"], radii: [radius],
        settings: AttackSettings(norm: norm, randomStart: false), examples: 60, losses: terms)
      let expected = (0..<60).count { row in
        (labels[row] == 1 ? margins[row] : -margins[row]) > radius * size
      }
      for result in table.rows[0].results {
        expectClose([result.figure], [Double(expected) / 60], .exact, result.attack)
      }
      // Every perturbation has the full size.
      let length = norm == .linf ? radius * 2 : radius
      expectClose([table.rows[0].meanNorm], [length], Tolerance(relative: 1e-9))
      #expect(table.warnings == [])
      // The loss of each example is that of its margin minus the change.
      let losses = (0..<60).map { row in
        log1p(exp(-((labels[row] == 1 ? margins[row] : -margins[row]) - radius * size)))
      }
      expectClose([table.rows[0].results[0].loss], [losses.reduce(0, +) / 60])
    }
  }

  @Test("the loss never falls along the fast gradient of a linear network")
  func monotony() throws {
    let model = try linearModel([0.8, -0.3, 0.5, 0.1], bias: 0.1)
    let data = try Dataset(
      name: "rows", inputs: .normal([40, 4], seed: 3),
      targets: .labels([40], classes: 2, dtype: .int32))
    let table = try AttackTable.measure(
      model, on: data, attacks: ["fgsm"], radii: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], losses: terms
    )
    let losses = table.rows.map { $0.results[0].loss }
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("more attacks make the worst case worse, and it counts each example once")
  func worstCase() throws {
    let model = try moonsModel()
    let table = try AttackTable.measure(
      model, on: moons, attacks: AttackRegistry.names, radii: [0.1, 0.3],
      settings: AttackSettings(queries: 60), losses: terms)
    #expect(table.clean > 0.9)
    for row in table.rows {
      #expect(row.worst <= row.results.map(\.figure).min() ?? 0)
      #expect(row.results.allSatisfy { $0.figure <= table.clean + 0.05 })
    }
    #expect(table.rows[1].worst < table.clean)
    let example = try #require(table.examples.first)
    let classes = try #require(example.classes)
    #expect(classes.before == classes.label && classes.after != classes.label)
    // The saved inputs are those of the table.
    let outputs = try Predictor(model).predict(table.worstInputs)
    let predicted = try #require(Predictor(model).classes(of: outputs))
    let correct = zip(predicted, moons.targets.scalars(as: Int32.self)).count { $0 == Int($1) }
    expectClose([Double(correct) / 150], [table.rows[1].worst], .exact)
  }

  @Test(
    "results depend on the seed, and not on the number of examples",
    arguments: ["pgd", "square", "noise"])
  func determinism(name: String) throws {
    let model = try moonsModel(epochs: 5)
    func inputs(_ count: Int, seed: UInt64) throws -> HostTensor {
      try AttackTable.measure(
        model, on: moons, attacks: [name], radii: [0.2],
        // Short steps, which keep the differences of the starts.
        settings: AttackSettings(steps: 5, stepSize: 0.01, queries: 20, seed: seed),
        examples: count, losses: terms
      ).worstInputs
    }
    let whole = try inputs(150, seed: 1)
    expectIdentical(try inputs(150, seed: 1), whole)
    // Batches of 64 and of 7 examples: the same random numbers.
    expectClose(try inputs(7, seed: 1), whole.rows(0..<7), .exact.orAbsolute(1e-12))
    #expect(try inputs(150, seed: 2) != whole)
  }

  @Test("a targeted attack moves predictions to its class")
  func targeted() throws {
    let model = try moonsModel()
    let table = try AttackTable.measure(
      model, on: moons, attacks: ["pgd"], radii: [0.5, 1.5],
      settings: AttackSettings(target: 1), losses: terms)
    #expect(table.figure == .resistance(target: 1))
    #expect(table.count == moons.targets.scalars(as: Int32.self).count { $0 != 1 })
    #expect(table.rows[1].worst < table.rows[0].worst && table.rows[0].worst < table.clean)
    let predicted = try #require(
      Predictor(model).classes(of: Predictor(model).predict(table.worstInputs)))
    expectClose(
      [Double(predicted.count { $0 != 1 }) / Double(table.count)], [table.rows[1].worst], .exact)
  }

  /// A network that outputs its input at each step; the last step has no label.
  @Test("a targeted attack leaves labels out that do not count")
  func ignoredLabels() throws {
    let data = try Dataset(
      name: "series", source: Ports(HostTensor([1.0, 0, 0, 0, 0, 1, 0, 1, 0], shape: [1, 3, 3])),
      targets: HostTensor([0, 2, -100] as [Int32], shape: [1, 3]), ignoredLabel: -100)
    let trainer = try Trainer(
      model: Model { Dense(3, bias: false) }, loss: CrossEntropy(),
      optimizer: SGD(learningRate: 0.1), data: data, batchSize: 1,
      settings: TrainingSettings(dtype: .float64))
    try trainer.load(["0.weight": HostTensor([1.0, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3])])
    let model = try trainer.trainedModel()
    let batch = try model.attackBatches(of: data, losses: terms, count: nil).batches[0]
    // Class 1 is predicted at the last step only, class 0 at the first.
    for (target, resistance) in [(0, 0.5), (1, 1.0), (2, 0.5)] {
      let network = try AttackedNetwork(model, losses: terms, norm: .linf, target: target)
      #expect(try network.judge(batch.clean, of: batch)[0].resistance == resistance)
    }
  }

  @Test("of a regression the mean loss is the figure")
  func regression() throws {
    let trainer = try Trainer(
      model: Model { Dense(1) }, loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1),
      data: Dataset(
        name: "rows", inputs: .normal([50, 3]), targets: .normal([50, 1], seed: 2)), batchSize: 10,
      settings: TrainingSettings(dtype: .float64))
    try trainer.load([
      "0.weight": HostTensor([0.5, -1, 2], shape: [1, 3]), "0.bias": HostTensor([0.25]),
    ])
    let data = try Dataset(
      name: "rows", inputs: .normal([50, 3]), targets: .normal([50, 1], seed: 2))
    let model = try trainer.trainedModel()
    expectError("--loss mse") {
      _ = try AttackTable.measure(model, on: data, attacks: ["fgsm"], radii: [0.01])
    }
    let table = try AttackTable.measure(
      model, on: data, attacks: ["fgsm"], radii: [0.01], losses: [LossTerm(AbsoluteError())])
    #expect(table.figure == .loss)
    let (x, y) = (data.inputs.doubles, data.targets.doubles)
    let errors = (0..<50).map { row -> Double in
      let (first, second, third) = (x[row * 3], x[row * 3 + 1], x[row * 3 + 2])
      let output: Double = 0.25 + 0.5 * first - second + 2 * third
      return abs(output - y[row])
    }
    expectClose([table.clean], [errors.reduce(0, +) / 50])
    #expect(table.rows[0].worst > table.clean)
    #expect(table.rows[0].worst <= table.clean + 0.01 * 3.5 + 1e-12)
  }

  @Test("perturbed inputs are shown to another network")
  func transfer() throws {
    let (model, other) = (try moonsModel(), try moonsModel(epochs: 6))
    let table = try AttackTable.measure(
      model, on: moons, attacks: ["pgd"], radii: [0.3], losses: terms, transferringTo: other)
    let predictor = try Predictor(other)
    func accuracy(_ inputs: HostTensor) throws -> Double {
      let predicted = try #require(predictor.classes(of: predictor.predict(inputs)))
      return Double(zip(predicted, moons.targets.scalars(as: Int32.self)).count { $0 == Int($1) })
        / 150
    }
    expectClose([try #require(table.transferredClean)], [try accuracy(moons.inputs)], .exact)
    expectClose(
      [try #require(table.rows[0].results[0].transferred)], [try accuracy(table.worstInputs)],
      .exact.orAbsolute(0.05))
    let named = try Trainer(
      model: Model { Dense(2) }, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1),
      data: Dataset(
        name: "moons", inputs: moons.inputs, targets: moons.targets, classNames: ["a", "b"]),
      batchSize: 10, settings: TrainingSettings(dtype: .float64)
    ).trainedModel()
    expectError("other classes") {
      _ = try AttackTable.measure(
        model, on: moons, attacks: ["pgd"], radii: [0.3], losses: terms, transferringTo: named)
    }
    let small = try linearModel([1, 2, 3])
    expectError("the other network reads") {
      _ = try AttackTable.measure(
        model, on: moons, attacks: ["pgd"], radii: [0.3], losses: terms, transferringTo: small)
    }
  }

  /// Logits times 10⁴ in float32: softmax is saturated for most examples, so that their gradient is
  /// exactly 0 and attacks that read it fail, though the predictions are the same.
  @Test("masked gradients are noticed")
  func masking() throws {
    let model = try linearModel([20_000, 20_000], dtype: .float32)
    let inputs = HostTensor.random([64, 2], seed: 5, in: -1...1)
    let labels = (0..<64).map { row in
      Int32(inputs.doubles[row * 2] + inputs.doubles[row * 2 + 1] > 0 ? 1 : 0)
    }
    // One example at the boundary has a gradient.
    let data = try Dataset(
      name: "rows", inputs: HostTensor([1e-5, 1e-5] + inputs.doubles, shape: [65, 2]),
      targets: HostTensor([0] + labels))
    let table = try AttackTable.measure(
      model, on: data, attacks: ["fgsm", "square"], radii: [0.9],
      settings: AttackSettings(queries: 20), losses: terms)
    #expect(table.warnings.contains { $0.hasPrefix("square is stronger than fgsm") })
  }

  @Test(
    "a radius that float32 rounds away changes nothing, and a loss that is not a number is reported"
  )
  func extremes() throws {
    let table = try AttackTable.measure(
      try moonsModel(epochs: 3, dtype: .float32), on: moons, attacks: ["fgsm"], radii: [1e-15],
      losses: terms)
    #expect(table.rows[0].worst == table.clean && table.rows[0].meanNorm < 1e-14)
    let infinite = try linearModel([1e308, 1e308])
    let data = try Dataset(
      name: "rows", inputs: HostTensor([3.0, 4, 5, 6], shape: [2, 2]),
      targets: HostTensor([0, 1] as [Int32]))
    expectError("the loss of example 0 is not a number", kind: .runFailed) {
      _ = try AttackTable.measure(
        infinite, on: data, attacks: ["fgsm"], radii: [0.1], losses: terms)
    }
  }

  @Test func wrongOptionsAreRefused() throws {
    let model = try moonsModel(epochs: 1)
    func measure(
      _ attacks: [String] = ["fgsm"], _ radii: [Double] = [0.1],
      _ settings: AttackSettings = AttackSettings()
    ) throws {
      _ = try AttackTable.measure(
        model, on: moons, attacks: attacks, radii: radii, settings: settings, losses: terms)
    }
    expectError("unknown attack `pdg`", "`pgd`") { try measure(["pdg"]) }
    expectError("named twice") { try measure(["pgd", "pgd"]) }
    expectError("larger than the range of the data") { try measure(["fgsm"], [8]) }
    expectError("larger than the range of the data", "norm l2") {
      try measure(["fgsm"], [8], AttackSettings(norm: .l2))
    }
    expectError("number of examples is 0") {
      _ = try AttackTable.measure(
        model, on: moons, attacks: ["fgsm"], radii: [0.1], examples: 0, losses: terms)
    }
    expectError("expected a number above 0") { try measure(["fgsm"], [0]) }
    expectError("no eps is given") { try measure(["fgsm"], []) }
    expectError("there is no class 2", "0 to 1") {
      try measure(["fgsm"], [0.1], AttackSettings(target: 2))
    }
    expectError("steps is 0") { try measure(["pgd"], [0.1], AttackSettings(steps: 0)) }
  }

  @Test("a network with `step` has no gradient, and square needs none")
  func step() throws {
    let trainer = try Trainer(
      model: Model {
        Dense(8)
        Step()
        Dense(2)
      }, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1), data: moons, batchSize: 10)
    let model = try trainer.trainedModel()
    expectError("follows the gradient", "square, noise") {
      _ = try AttackTable.measure(model, on: moons, attacks: ["fgsm"], radii: [0.1], losses: terms)
    }
    let table = try AttackTable.measure(
      model, on: moons, attacks: ["square"], radii: [0.1], settings: AttackSettings(queries: 5),
      losses: terms)
    #expect(table.rows[0].worst <= table.clean)
  }
}
