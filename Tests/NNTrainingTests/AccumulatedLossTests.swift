import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Several losses over accumulated batches: each has its own divisor, as in one batch.
@Suite("accumulation with several losses") struct AccumulatedLossTests {
  private static let x = HostTensor.random([16, 4], seed: 2)
  private static let numbers = HostTensor.random([16, 2], seed: 3)
  /// Ignored labels are spread unevenly over batches of 3: all of the second, most of the first.
  private static let labels: [Int32] = [
    -100, -100, 1, -100, -100, -100, 0, 2, 1, 0, 1, 2, 2, -100, 0, 1,
  ]
  private static let weights: [Double] = [1, 0, 2, 3, 1, 1, 0.5, 2, 0, 0, 0, 0, 1, 1, 4, 0.25]

  private static func trainer(
    _ losses: [LossTerm], batchSize: Int, accumulate: Int, weighted: Bool
  ) throws -> Trainer {
    let network = LayerGraph(
      [
        .init("trunk", Sequential([Dense(5), Tanh()])),
        .init("class", from: ["trunk"], Dense(3)), .init("number", from: ["trunk"], Dense(2)),
      ], outputs: ["class", "number"])
    let data = try Dataset(
      name: "two targets", source: Ports(x),
      namedTargets: ["label": HostTensor(labels), "y": numbers], ignoredLabel: -100,
      weights: weighted ? weights : nil)
    return try Trainer(
      model: Model(network), losses: losses, optimizer: SGD(learningRate: 0.2, momentum: 0.9),
      data: data, batchSize: batchSize, seed: 3,
      settings: TrainingSettings(
        dtype: .float64, shuffle: false, logEvery: 1, accumulate: accumulate))
  }

  private static let objectives: [[LossTerm]] = [
    [
      LossTerm(CrossEntropy(), output: "class", target: "label"),
      LossTerm(MeanSquaredError(), output: "number", target: "y", weight: 0.3),
    ],
    [
      LossTerm(AbsoluteError(reduction: .sum), output: "number", target: "y", weight: 0.01),
      LossTerm(
        CrossEntropy(weight: [0.2, 1, 3], labelSmoothing: 0.1), output: "class", target: "label"),
    ],
    [
      LossTerm(Huber(), output: "number", target: "y", name: "first"),
      LossTerm(CrossEntropy(), output: "class", target: "label", weight: 2),
      LossTerm(
        MeanSquaredError(reduction: .batchMean), output: "number", target: "y", name: "last"),
    ],
  ]

  @Test(
    "batches of 3 and of 1 are the batch of all their examples", arguments: objectives.indices,
    [false, true])
  func wholeBatch(index: Int, weighted: Bool) throws {
    let losses = Self.objectives[index]
    for (size, count) in [(3, 4), (1, 12)] {
      let part = try Self.trainer(losses, batchSize: size, accumulate: count, weighted: weighted)
      let reference = try Self.trainer(losses, batchSize: 12, accumulate: 1, weighted: weighted)
      #expect(part.stepsPerEpoch == 2 && reference.stepsPerEpoch == 2)
      for _ in 0..<3 {
        while let expected = try reference.step() {
          let found = try #require(try part.step())
          expectClose([found.loss], [expected.loss], .float64, "loss")
          expectClose(found.losses, expected.losses, .float64, "losses")
          expectClose(
            [try #require(found.gradientNorm)], [try #require(expected.gradientNorm)], .float64,
            "norm")
        }
        #expect(try part.step() == nil)
        expectClose([try part.epoch().trainLoss], [try reference.epoch().trainLoss])
      }
      for (found, expected) in zip(try part.weights(), try reference.weights()) {
        expectClose(found.tensor, expected.tensor, nil, found.name)
      }
    }
  }
}
