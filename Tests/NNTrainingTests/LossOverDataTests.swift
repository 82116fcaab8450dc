import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The loss over a data set is that of all its examples in one batch, whatever the batches.
@Suite struct LossOverDataTests {
  private static let count = 150
  private static let weights = [0.5, 2, 4]

  /// 70 labels of class 1, which some losses ignore, then all classes in turn.
  private static let labels = (0..<count).map { Int32($0 < 70 ? 1 : $0 % 3) }
  private static let inputs = HostTensor.random([count, 2], seed: 5)

  private func labelled() throws -> Dataset {
    try Dataset(name: "labels", inputs: Self.inputs, targets: HostTensor(Self.labels))
  }

  /// Distributions over three classes.
  private func distributions() throws -> Dataset {
    let raw = HostTensor.random([Self.count, 3], seed: 6, in: 0.1...1).doubles
    let shares = raw.indices.map { index in
      raw[index] / raw[index / 3 * 3..<index / 3 * 3 + 3].reduce(0, +)
    }
    return try Dataset(
      name: "shares", inputs: Self.inputs, targets: HostTensor(shares, shape: [Self.count, 3]))
  }

  /// The log-probabilities of each example, computed directly.
  private func logProbabilities(_ trainer: Trainer) throws -> [[Double]] {
    let tensors = try trainer.weights()
    let weight = try #require(tensors.first { $0.name == "0.weight" }).tensor.doubles
    let bias = try #require(tensors.first { $0.name == "0.bias" }).tensor.doubles
    let x = Self.inputs.doubles
    return (0..<Self.count).map { row in
      let logits = (0..<3).map { (unit: Int) -> Double in
        let first = weight[2 * unit] * x[2 * row]
        let second = weight[2 * unit + 1] * x[2 * row + 1]
        return bias[unit] + first + second
      }
      let sum: Double = logits.reduce(0.0) { $0 + exp($1) }
      return logits.map { $0 - log(sum) }
    }
  }

  private static let labelLosses = [
    CrossEntropy(), CrossEntropy(ignoreIndex: 1), CrossEntropy(weight: weights),
    CrossEntropy(weight: weights, ignoreIndex: 1), CrossEntropy(weight: [0, 2, 4]),
    CrossEntropy(weight: weights, reduction: .sum),
    CrossEntropy(weight: weights, ignoreIndex: 1, reduction: .batchMean),
  ]

  /// −Σ w·ln p at the labels that count, divided as in PyTorch.
  private static func likelihood(
    _ rows: [[Double]], weight: [Double]?, ignoreIndex: Int, reduction: Reduction = .mean
  ) -> Double {
    var sum = 0.0
    var divisor = 0.0
    for (row, label) in zip(rows, labels) where Int(label) != ignoreIndex {
      let share = weight?[Int(label)] ?? 1
      sum -= share * row[Int(label)]
      divisor += share
    }
    switch reduction {
    case .mean: return sum / divisor
    case .batchMean: return sum / Double(count)
    case .sum, .none: return sum
    }
  }

  /// An epoch with learning rate 0, and the loss over the same data.
  private func check(
    _ loss: any Loss, _ data: Dataset, layers: [any Layer], batchSize: Int,
    _ expected: ([[Double]]) -> Double
  ) throws {
    let trainer = try Trainer(
      model: Model(layers), loss: loss, optimizer: SGD(learningRate: 0), data: data,
      batchSize: batchSize, settings: TrainingSettings(dtype: .float64, shuffle: false))
    let wanted = try expected(logProbabilities(trainer))
    let tight = Tolerance(relative: 1e-13)
    expectClose([try trainer.epoch().trainLoss], [wanted], tight, "\(loss.name) in training")
    expectClose([try trainer.evaluate(on: data).loss], [wanted], tight, "\(loss.name) measured")
  }

  @Test(arguments: labelLosses.indices, [1, 7, 64, count])
  func labels(index: Int, batchSize: Int) throws {
    let loss = Self.labelLosses[index]
    try check(loss, labelled(), layers: [Dense(3)], batchSize: batchSize) { rows in
      Self.likelihood(
        rows, weight: loss.weight, ignoreIndex: loss.ignoreIndex, reduction: loss.reduction)
    }
  }

  @Test(arguments: [1, 7, 64, count])
  func logLikelihoodAndNumbers(batchSize: Int) throws {
    try check(
      NegativeLogLikelihood(weight: Self.weights, ignoreIndex: 1), labelled(),
      layers: [Dense(3), LogSoftmax()], batchSize: batchSize
    ) { Self.likelihood($0, weight: Self.weights, ignoreIndex: 1) }
    let data = try distributions()
    let shares = data.targets.doubles
    for reduction in [Reduction.mean, .batchMean, .sum] {
      let divisor: Double =
        switch reduction {
        case .mean: Double(3 * Self.count)
        case .batchMean: Double(Self.count)
        case .sum, .none: 1
        }
      try check(
        KLDivergence(reduction: reduction), data, layers: [Dense(3), LogSoftmax()],
        batchSize: batchSize
      ) { rows in
        var sum = 0.0
        for (index, share) in shares.enumerated() {
          sum += share * (log(share) - rows[index / 3][index % 3])
        }
        return sum / divisor
      }
    }
    try check(
      CrossEntropy(weight: Self.weights, reduction: .sum), data, layers: [Dense(3)],
      batchSize: batchSize
    ) { rows in
      var sum = 0.0
      for (index, share) in shares.enumerated() {
        sum -= share * Self.weights[index % 3] * rows[index / 3][index % 3]
      }
      return sum
    }
  }

  /// A batch without any label that counts has gradient 0, but its step counts.
  @Test func aBatchWithoutCountedLabels() throws {
    let trainer = try Trainer(
      model: Model([Dense(3)]), loss: CrossEntropy(ignoreIndex: 1),
      optimizer: SGD(learningRate: 1), data: labelled(), batchSize: 64,
      settings: TrainingSettings(shuffle: false, logEvery: 1))
    let before = try trainer.weights()
    let first = try #require(try trainer.step())
    #expect(first.loss.isNaN && first.gradientNorm == 0 && first.step == 1)
    #expect(zip(before, try trainer.weights()).allSatisfy { $0.tensor == $1.tensor })
    let second = try #require(try trainer.step())
    #expect(second.loss.isFinite)
    #expect(zip(before, try trainer.weights()).contains { $0.tensor != $1.tensor })
    #expect(try trainer.epoch().trainLoss.isFinite)
  }

  @Test func dataWithoutCountedLabelsAreRejected() throws {
    let data = try labelled()
    let ignored = data.selecting(Array(0..<70))
    for loss in [CrossEntropy(ignoreIndex: 1), CrossEntropy(weight: [1, 0, 1])] {
      expectError("labels: no label counts for the loss `cross_entropy`") {
        _ = try Trainer(
          model: Model([Dense(3)]), loss: loss, optimizer: SGD(learningRate: 1), data: ignored,
          batchSize: 10)
      }
    }
  }
}
