import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite("several losses over named tensors") struct ObjectiveTests {
  private static let x = HostTensor.random([22, 4], seed: 2)
  private static let left = HostTensor.random([22, 2], seed: 3)
  private static let right = HostTensor.random([22, 1], seed: 4)
  private static let settings = TrainingSettings(dtype: .float64, shuffle: false)

  private static func data() throws -> Dataset {
    try Dataset(
      name: "two targets", source: Ports(x), namedTargets: ["left": left, "right": right])
  }

  /// Two outputs, and a trunk that both depend on.
  private static let network = LayerGraph(
    [
      .init("trunk", Sequential([Dense(5), Tanh()])), .init("a", from: ["trunk"], Dense(2)),
      .init("b", from: ["trunk"], Dense(1)),
    ], outputs: ["a", "b"])

  /// The same network with the outputs side by side, and a loss of its columns.
  @Test("the same weights as one loss of both outputs side by side, batches of 5, 5, 5, 5, 2")
  func sum() throws {
    let several = try Trainer(
      model: Model(Self.network),
      losses: [
        LossTerm(MeanSquaredError(), output: "a", target: "left"),
        LossTerm(AbsoluteError(), output: "b", target: "right", weight: 0.3),
      ], optimizer: SGD(learningRate: 0.1, momentum: 0.9), data: Self.data(), batchSize: 5,
      settings: Self.settings)
    let joined = LayerGraph(
      Self.network.entries + [.init("joined", from: ["a", "b"], Concat())], outputs: ["joined"])
    var targets: [Double] = []
    for row in 0..<22 {
      targets += Self.left.doubles[row * 2..<row * 2 + 2]
      targets.append(Self.right.doubles[row])
    }
    let loss = CustomLoss { output, target in
      let difference = output - target
      return difference.narrowed(to: 0..<2, axis: 1).square().mean()
        + difference.narrowed(to: 2..<3, axis: 1).abs().mean() * 0.3
    }
    let one = try Trainer(
      model: Model(joined), loss: loss, optimizer: SGD(learningRate: 0.1, momentum: 0.9),
      data: Dataset(
        name: "joined", inputs: Self.x, targets: HostTensor(targets, shape: [22, 3])),
      batchSize: 5, settings: Self.settings)
    for _ in 0..<4 {
      let (found, expected) = (try several.epoch(), try one.epoch())
      expectClose([found.trainLoss], [expected.trainLoss])
      #expect(found.trainLosses.count == 2)
      expectClose([found.trainLosses[0] + 0.3 * found.trainLosses[1]], [found.trainLoss])
    }
    for ((name, found), (other, expected)) in zip(try several.weights(), try one.weights()) {
      #expect(name == other)
      expectClose(found, expected, nil, name)
    }
    let measured = try several.evaluate(
      on: Self.data(),
      metrics: [TensorMetric(MeanAbsoluteError(), output: "b", target: "right")])
    expectClose([measured.loss], [measured.losses[0] + 0.3 * measured.losses[1]])
    // Its own loss is the mean absolute error.
    expectClose([measured.metrics[0].value], [measured.losses[1]])
    #expect(measured.metrics[0].name == "mae_b")
  }

  @Test("an autoencoder reads its own input as target, and the data have none")
  func autoencoder() throws {
    let data = try Dataset(name: "rows", inputs: Self.x, targets: Self.x)
    func trainer(_ target: String?) throws -> Trainer {
      try Trainer(
        model: Model([Dense(2), Dense(4)]), losses: [LossTerm(MeanSquaredError(), target: target)],
        optimizer: Adam(learningRate: 0.05), data: data, batchSize: 22, settings: Self.settings)
    }
    let (own, given) = (try trainer("input"), try trainer(nil))
    for _ in 0..<5 { expectClose([try own.epoch().trainLoss], [try given.epoch().trainLoss]) }
  }

  @Test("a tower for three inputs learns from triplets without targets")
  func triplets() throws {
    let positive = HostTensor(Self.x.doubles.map { $0 + 0.1 }, shape: [22, 4])
    let data = try Dataset(
      name: "triplets",
      source: ["anchor": Self.x, "positive": positive, "negative": .random([22, 4], seed: 9)],
      targets: HostTensor(zeros: [22, 1], dtype: .float64))
    let tower = LayerGraph(
      inputs: ["anchor", "positive", "negative"],
      [
        .init("a", from: ["anchor"], Sequential([Dense(8), Tanh(), Dense(3)])),
        .init("p", from: ["positive"], sharing: "a"), .init("n", from: ["negative"], sharing: "a"),
      ], outputs: ["a", "p", "n"])
    let trainer = try Trainer(
      model: Model(tower),
      losses: [
        LossTerm(
          TripletMargin(), reading: ["anchor": "a", "positive": "p", "negative": "n"])
      ], optimizer: Adam(learningRate: 0.02), data: data, batchSize: 11, settings: Self.settings)
    let first = try trainer.epoch().trainLoss
    for _ in 0..<60 { try trainer.epoch() }
    let last = try trainer.epoch().trainLoss
    #expect(first > 0.3)
    #expect(last < 0.2 * first)
  }

  @Test(
    "tensors that are missing",
    arguments: [
      (
        LossTerm(MeanSquaredError(), output: "c"),
        "the loss `mse` reads `c` as its output, which does not exist\n  hint: there are the outputs"
      ),
      (
        LossTerm(MeanSquaredError(), output: "a", target: "top"),
        "the loss `mse` reads `top` as its target, which does not exist"
      ),
      (
        LossTerm(TripletMargin()),
        "the loss `triplet_margin` reads an output called `anchor`, which the network does not have"
      ),
      (
        LossTerm(MeanSquaredError(), reading: ["anchor": "a"]),
        "the loss `mse` reads no `anchor`\n  hint: it reads `output`, `target`"
      ),
      (
        LossTerm(MeanSquaredError(), output: "b", target: "left"),
        "loss mse takes a target of the output's shape [5, 1], gets [5, 2]"
      ),
      (
        LossTerm(CrossEntropy(), output: "a", target: "right"),
        "loss cross_entropy takes a target of the output's shape [5, 2], gets [5, 1]"
      ),
    ] as [(LossTerm, String)])
  func missing(term: LossTerm, message: String) {
    let error = #expect(throws: NNError.self) {
      let trainer = try Trainer(
        model: Model(Self.network), losses: [term], optimizer: SGD(learningRate: 0.1),
        data: Self.data(), batchSize: 5, settings: Self.settings)
      try trainer.epoch()
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(String(describing: error))")
  }
}
