import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Groups of parameters, frozen parameters and accumulated gradients of a `Trainer`.
@Suite struct ParameterGroupTests {
  private static let model = Model {
    Dense(5).named("trunk")
    Tanh()
    Dense(3).named("head")
  }

  private func data(rows: Int = 14, labels: [Int32]? = nil) throws -> Dataset {
    try Dataset(
      name: "rows",
      inputs: HostTensor(
        (0..<rows * 4).map { index -> Double in Double(index * 37 % 19) / 9 - 1 },
        shape: [rows, 4]),
      targets: HostTensor(labels ?? (0..<rows).map { Int32($0 * 5 % 3) }))
  }

  private func trainer(
    _ optimizer: any Optimizer = AdamW(learningRate: 0.05, weightDecay: 0.3),
    data: Dataset? = nil, batchSize: Int = 7, loss: any Loss = CrossEntropy(),
    _ change: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> Trainer {
    var settings = TrainingSettings(dtype: .float64, shuffle: false, logEvery: 1)
    change(&settings)
    return try Trainer(
      model: Self.model, loss: loss, optimizer: optimizer, data: data ?? self.data(),
      batchSize: batchSize, seed: 3, settings: settings)
  }

  private func weights(_ trainer: Trainer) throws -> [String: [Double]] {
    Dictionary(
      try trainer.weights().map { ($0.name, $0.tensor.doubles) }, uniquingKeysWith: { $1 })
  }

  private func expectSame(
    _ one: Trainer, _ other: Trainer, _ names: (String) -> Bool = { _ in true },
    within tolerance: Double = 0
  ) throws {
    let (left, right) = (try weights(one), try weights(other))
    for (name, numbers) in left where names(name) {
      for (number, expected) in zip(numbers, try #require(right[name])) {
        #expect(abs(number - expected) <= tolerance, "\(name): \(number) and \(expected)")
      }
    }
  }

  // MARK: - Groups

  /// A group whose optimizer equals the main one changes nothing.
  @Test func equalOptimizersAreOneOptimizer() throws {
    let plain = try trainer()
    let grouped = try trainer {
      $0.groups = [ParameterGroup("*.bias", optimizer: AdamW(learningRate: 0.05, weightDecay: 0.3))]
    }
    for _ in 0..<4 {
      let (one, other) = (try plain.epoch(), try grouped.epoch())
      #expect(abs(one.trainLoss - other.trainLoss) < 1e-14)
    }
    try expectSame(plain, grouped, within: 1e-14)
  }

  /// In the first step every gradient is that of the initial weights, so each group moves as in a
  /// run that trains everything with its optimizer.
  @Test func eachGroupFollowsItsOwnOptimizer() throws {
    let optimizers: [any Optimizer] = [
      AdamW(learningRate: 0.05, weightDecay: 0.3), AdamW(learningRate: 0.05, weightDecay: 0),
      SGD(learningRate: 0.5, momentum: 0.9), RMSprop(learningRate: 0.01),
    ]
    let grouped = try trainer(optimizers[0]) {
      $0.groups = [
        ParameterGroup("trunk.bias", optimizer: optimizers[1]),
        ParameterGroup("head.weight", optimizer: optimizers[2]),
        ParameterGroup(["head.b*"], optimizer: optimizers[3]),
      ]
    }
    _ = try grouped.step()
    let names = ["trunk.weight", "trunk.bias", "head.weight", "head.bias"]
    for (name, optimizer) in zip(names, optimizers) {
      let alone = try trainer(optimizer)
      _ = try alone.step()
      try expectSame(grouped, alone, { $0 == name }, within: 1e-14)
    }
  }

  /// A schedule multiplies the learning rate of each group.
  @Test func schedulesApplyToEachGroup() throws {
    func run(_ rates: (Double, Double), _ schedule: ScheduleChain) throws -> Trainer {
      let trainer = try Trainer(
        model: Self.model, loss: CrossEntropy(), optimizer: SGD(learningRate: rates.0),
        data: data(), batchSize: 7, seed: 3, schedule: schedule,
        settings: TrainingSettings(
          dtype: .float64, shuffle: false,
          groups: [ParameterGroup("*.bias", optimizer: SGD(learningRate: rates.1))]))
      _ = try trainer.step()
      return trainer
    }
    let half = ScheduleChain([TimedSchedule(schedule: ConstantLR(factor: 0.5, duration: 9))])
    try expectSame(run((0.4, 0.1), half), run((0.2, 0.05), ScheduleChain([])))
  }

  /// The rates of chained schedules are computed for each base rate.
  @Test func chainedSchedulesKeepTheRatesApart() {
    let parts = [
      TimedSchedule(schedule: CosineAnnealingLR(period: 4, minimum: 0.01)),
      TimedSchedule(schedule: ExponentialLR(gamma: 0.9)),
    ]
    let shared = ScheduleChain(parts)
    for epoch in 0..<12 {
      for base in [1, 0.1] {
        let alone = ScheduleChain(parts).learningRate(epoch: epoch, step: 0, base: base)
        #expect(shared.learningRate(epoch: epoch, step: 0, base: base) == alone)
      }
    }
  }

  /// The logged norm is that of all trained groups, as is the norm of clipping.
  @Test func normsAreOverAllGroups() throws {
    let plain = try trainer { $0.clipping = [.norm(maximum: 0.01)] }
    let grouped = try trainer {
      $0.clipping = [.norm(maximum: 0.01)]
      $0.groups = [ParameterGroup("head.*", optimizer: AdamW(learningRate: 0.05, weightDecay: 0.3))]
    }
    let unclipped = try trainer {
      $0.groups = [ParameterGroup("head.*", optimizer: SGD(learningRate: 1))]
      $0.logsGradients = true
    }
    let norms = try [plain, grouped, unclipped].map { trainer in
      try #require(try trainer.step())
    }
    let expected = try #require(norms[0].gradientNorm)
    for norm in norms {
      let found = try #require(norm.gradientNorm)
      #expect(abs(found - expected) < 1e-14)
    }
    #expect(norms[2].gradientNorms.map(\.layer) == ["trunk", "head"])
    let squares = norms[2].gradientNorms.reduce(0) { $0 + $1.norm * $1.norm }
    #expect(abs(squares.squareRoot() - expected) < 1e-14)
    try expectSame(plain, grouped, within: 1e-13)
  }

  // MARK: - Frozen parameters

  @Test(arguments: [0, 0.1])
  func frozenParametersKeepTheirBits(penalty: Double) throws {
    let frozen = try trainer {
      $0.frozen = ["trunk.*"]
      $0.l1Penalty = penalty
    }
    let before = try weights(frozen)
    #expect(frozen.parameterCount == 5 * 3 + 3)
    for _ in 0..<3 { try frozen.epoch() }
    let after = try weights(frozen)
    #expect(after["trunk.weight"] == before["trunk.weight"])
    #expect(after["trunk.bias"] == before["trunk.bias"])
    #expect(after["head.weight"] != before["head.weight"])
    // In its first step, the rest moves as if nothing were frozen.
    let (one, other) = (
      try trainer {
        $0.frozen = ["trunk.*"]
        $0.l1Penalty = penalty
      }, try trainer { $0.l1Penalty = penalty }
    )
    _ = try one.step()
    _ = try other.step()
    try expectSame(one, other, { $0.hasPrefix("head") }, within: 1e-13)
  }

  @Test func badGroupsAreErrors() throws {
    expectError("`trnk.*` matches no parameter", "did you mean `trunk.*`?") {
      _ = try trainer { $0.frozen = ["trnk.*"] }
    }
    expectError("every parameter is frozen") { _ = try trainer { $0.frozen = ["*"] } }
    expectError("parameter `head.bias` belongs to two groups") {
      _ = try trainer {
        $0.frozen = ["head.*"]
        $0.groups = [ParameterGroup("*.bias", optimizer: Adam())]
      }
    }
    expectError("parameter group 1 has no patterns") {
      _ = try trainer { $0.groups = [ParameterGroup([], optimizer: Adam())] }
    }
    expectError("`accumulate` is 0") { _ = try trainer { $0.accumulate = 0 } }
    expectError("`lbfgs` updates all parameters together", "leave the parameter groups out") {
      _ = try trainer(LBFGS()) { $0.groups = [ParameterGroup("*.bias", optimizer: Adam())] }
    }
    expectError("`lbfgs` updates all parameters together") {
      _ = try trainer { $0.groups = [ParameterGroup("*.bias", optimizer: LBFGS())] }
    }
    expectError("`lbfgs` needs the gradient of the loss itself", "clipping") {
      _ = try trainer(LBFGS()) { $0.clipping = [.norm(maximum: 1)] }
    }
    expectError("`lbfgs` compares losses") { _ = try trainer(LBFGS()) { $0.l1Penalty = 1 } }
    expectError("cannot accumulate", "larger batch size") {
      _ = try trainer(LBFGS()) { $0.accumulate = 2 }
    }
    struct Nothing: Optimizer {
      var name: String { "nothing" }
      var learningRate: Double { 1 }
    }
    expectError("the optimizer `nothing` has no update rule") { _ = try trainer(Nothing()) }
  }

  // MARK: - Accumulation

  /// k batches of b rows are one batch of k·b rows, and so is what is left at the epoch's end, with
  /// weighted and ignored labels and for sums.
  @Test(arguments: [
    CrossEntropy(), CrossEntropy(weight: [0.2, 1, 3], ignoreIndex: 1),
    CrossEntropy(reduction: .sum),
  ])
  func batchesAddUp(loss: CrossEntropy) throws {
    let data = try data(rows: 17)
    let whole = try trainer(data: data, batchSize: 6, loss: loss)
    let parts = try trainer(data: data, batchSize: 2, loss: loss) { $0.accumulate = 3 }
    #expect(whole.stepsPerEpoch == 3 && parts.stepsPerEpoch == 3)
    for epoch in 0..<3 {
      while let step = try whole.step() {
        let other = try #require(try parts.step())
        #expect(abs(step.loss - other.loss) < 1e-12)
        #expect(step.step == other.step && step.rows == other.rows)
        #expect(step.stepInEpoch == other.stepInEpoch && step.epoch == epoch + 1)
        let norms = (try #require(step.gradientNorm), try #require(other.gradientNorm))
        #expect(abs(norms.0 - norms.1) < 1e-12)
        try expectSame(whole, parts, within: 1e-11)
      }
      #expect(try parts.step() == nil)
      let (one, other) = (try whole.epoch(), try parts.epoch())
      #expect(abs(one.trainLoss - other.trainLoss) < 1e-12)
    }
  }

  /// Batches without any counted label contribute nothing; a step of only such batches has gradient
  /// 0 and no loss.
  @Test func emptyBatchesContributeNothing() throws {
    let labels: [Int32] = [9, 9, 0, 1, 9, 9, 2, 1, 9, 9, 9, 9]
    let loss = CrossEntropy(ignoreIndex: 9)
    let data = try data(rows: 12, labels: labels)
    let whole = try trainer(SGD(learningRate: 0.5), data: data, batchSize: 4, loss: loss)
    let parts = try trainer(SGD(learningRate: 0.5), data: data, batchSize: 2, loss: loss) {
      $0.accumulate = 2
    }
    for index in 0..<3 {
      let (one, other) = (try #require(try whole.step()), try #require(try parts.step()))
      #expect(one.loss.isNaN == (index == 2) && other.loss.isNaN == (index == 2))
      try expectSame(whole, parts, within: 1e-13)
    }
  }

  /// More batches than an epoch has are one step for each epoch.
  @Test func aStepEndsWithTheEpoch() throws {
    let whole = try trainer(batchSize: 14)
    let parts = try trainer(batchSize: 3) { $0.accumulate = 1000 }
    #expect(parts.stepsPerEpoch == 1)
    for _ in 0..<3 {
      try whole.epoch()
      try parts.epoch()
    }
    try expectSame(whole, parts, within: 1e-12)
  }

  /// With one batch per step, nothing changes.
  @Test func oneBatchPerStepIsTheDefault() throws {
    let (plain, explicit) = (try trainer(), try trainer { $0.accumulate = 1 })
    for _ in 0..<3 {
      #expect(try plain.epoch().trainLoss == explicit.epoch().trainLoss)
    }
    try expectSame(plain, explicit)
  }

  /// Clipping and groups see the gradient of the whole step.
  @Test func accumulationWorksWithGroupsAndClipping() throws {
    func change(_ settings: inout TrainingSettings) {
      settings.clipping = [.norm(maximum: 0.05)]
      settings.frozen = ["trunk.bias"]
      settings.groups = [ParameterGroup("head.*", optimizer: SGD(learningRate: 0.3))]
    }
    let whole = try trainer(batchSize: 6) { change(&$0) }
    let parts = try trainer(batchSize: 2) {
      change(&$0)
      $0.accumulate = 3
    }
    for _ in 0..<3 {
      try whole.epoch()
      try parts.epoch()
    }
    try expectSame(whole, parts, within: 1e-12)
  }

  // MARK: - L-BFGS

  /// A step evaluates the batch several times; frozen parameters stay.
  @Test func aSearchTrainsANetwork() throws {
    let data = try data()
    let trainer = try trainer(
      LBFGS(lineSearch: .strongWolfe), data: data, batchSize: data.count
    ) {
      $0.frozen = ["trunk.bias"]
      $0.logsGradients = true
    }
    let before = try weights(trainer)
    let step = try #require(try trainer.step())
    let initial = try self.trainer(data: data).evaluate(on: data).loss
    #expect(abs(step.loss - initial) < 1e-12)
    #expect(step.gradientNorms.map(\.layer) == ["trunk", "head"])
    #expect(try #require(step.gradientNorm) > 0)
    for _ in 0..<4 { try trainer.epoch() }
    #expect(try trainer.evaluate(on: data).loss < 0.8 * step.loss)
    let after = try weights(trainer)
    #expect(after["trunk.bias"] == before["trunk.bias"])
    #expect(after["trunk.weight"] != before["trunk.weight"])
  }
}
