import NNCore
import NNData
import NNFormats
import NNGraph
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Training and evaluation with weights equal those of repeated examples.
@Suite("weights of examples: training") struct ExampleWeightTrainingTests {
  private static let x = HostTensor.random([12, 4], seed: 2)
  private static let labels: [Int32] = [0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 1, 2]
  private static let weights: [Double] = [1, 2, 0, 1, 3, 1, 0, 0, 2, 1, 1, 4]
  /// Each example as often as it weighs.
  private static let copies = weights.indices.flatMap { row in
    [Int](repeating: row, count: Int(weights[row]))
  }

  private static func data(weighted: Bool) throws -> Dataset {
    try Dataset(
      name: "rows", inputs: x, targets: HostTensor(labels), weights: weighted ? weights : nil)
  }

  private static func trainer(
    _ data: Dataset, batchSize: Int, loss: any Loss = CrossEntropy(), accumulate: Int = 1
  ) throws -> Trainer {
    try Trainer(
      model: Model([Dense(5), Tanh(), Dense(3)]), loss: loss,
      optimizer: SGD(learningRate: 0.2, momentum: 0.9), data: data, batchSize: batchSize, seed: 3,
      settings: TrainingSettings(
        dtype: .float64, shuffle: false, logEvery: 1, accumulate: accumulate))
  }

  private static let losses: [any Loss] = [
    CrossEntropy(), CrossEntropy(weight: [0.2, 1, 3], ignoreIndex: 1),
    CrossEntropy(labelSmoothing: 0.1, reduction: .batchMean), CrossEntropy(reduction: .sum),
  ]

  @Test("one batch, and batches of which some count nothing", arguments: losses.indices)
  func repeated(index: Int) throws {
    let loss = Self.losses[index]
    let repeated = try Self.data(weighted: false).selecting(Self.copies)
    let expected = try Self.trainer(repeated, batchSize: repeated.count, loss: loss)
    let whole = try Self.trainer(Self.data(weighted: true), batchSize: 12, loss: loss)
    // Rows 6 and 7 weigh nothing.
    let parts = try Self.trainer(
      Self.data(weighted: true), batchSize: 2, loss: loss, accumulate: 6)
    for _ in 0..<4 {
      let step = try expected.epoch()
      for trainer in [whole, parts] {
        expectClose([try trainer.epoch().trainLoss], [step.trainLoss])
      }
    }
    for trainer in [whole, parts] {
      for (found, reference) in zip(try trainer.weights(), try expected.weights()) {
        expectClose(found.tensor, reference.tensor, nil, found.name)
      }
      let measured = try trainer.evaluate(
        on: Self.data(weighted: true), metrics: [Accuracy(rule: .classes)])
      expectClose([measured.loss], [try expected.evaluate(on: repeated).loss])
      // Metrics count every example once.
      let plain = try trainer.evaluate(
        on: Self.data(weighted: false), metrics: [Accuracy(rule: .classes)])
      #expect(measured.metrics[0].value == plain.metrics[0].value)
      #expect(measured.loss != plain.loss)
    }
  }

  @Test("over more examples than a batch of the evaluation has")
  func evaluation() throws {
    let (x, y) = (HostTensor.random([150, 2], seed: 5), HostTensor.random([150, 1], seed: 6))
    let weights = (0..<150).map { Double($0 * 7 % 5) / 2 }
    let data = try Dataset(name: "rows", inputs: x, targets: y, weights: weights)
    let trainer = try Trainer(
      model: Model([Dense(1)]), loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1),
      data: data, batchSize: 50, settings: TrainingSettings(dtype: .float64))
    let tensors = try trainer.weights()
    let (w, b) = (tensors[0].tensor.doubles, tensors[1].tensor.doubles[0])
    var (sum, total) = (0.0, 0.0)
    for row in 0..<150 {
      let output = x.doubles[2 * row] * w[0] + x.doubles[2 * row + 1] * w[1] + b
      let error = output - y.doubles[row]
      sum += weights[row] * error * error
      total += weights[row]
    }
    expectClose([try trainer.evaluate(on: data).loss], [sum / total])
    // A step's loss is that of its batch.
    let step = try #require(try trainer.step())
    #expect(step.loss.isFinite)
  }

  @Test("a label for each step weighs as its example")
  func steps() throws {
    let x = HostTensor.random([6, 4, 2], seed: 7)
    let labels = HostTensor((0..<24).map { Int32($0 * 5 % 3) }, shape: [6, 4])
    let data = try Dataset(name: "steps", inputs: x, targets: labels)
    let copies = [0, 0, 2, 3, 3, 3, 5]
    func loss(_ data: Dataset) throws -> Double {
      let trainer = try Trainer(
        model: Model([LSTM(4), Dense(3)]), loss: CrossEntropy(ignoreIndex: 1),
        optimizer: SGD(learningRate: 0.3), data: data, batchSize: data.count, seed: 4,
        settings: TrainingSettings(dtype: .float64, shuffle: false))
      for _ in 0..<3 { try trainer.epoch() }
      return try trainer.evaluate(on: data).loss
    }
    expectClose(
      [try loss(data.weighted(by: [2, 0, 1, 3, 0, 1]))], [try loss(data.selecting(copies))])
  }

  @Test("data of which nothing counts")
  func nothing() throws {
    let data = try Self.data(weighted: true)
    expectError("all examples have the weight 0") {
      _ = try Self.trainer(data.selecting([2, 6, 7]), batchSize: 3)
    }
    let trainer = try Self.trainer(data, batchSize: 12)
    expectError("all examples have the weight 0") {
      _ = try trainer.evaluate(on: data.selecting([2, 7]))
    }
    // Labels that count have weight 0.
    expectError("no label counts for the loss `cross_entropy`", "weight 0") {
      let ignoring = CrossEntropy(ignoreIndex: 1)
      _ = try Self.trainer(data.selecting([2, 1, 4]), batchSize: 3, loss: ignoring)
    }
  }

  @Test("a run from a table, validated, interrupted and resumed")
  func run() throws {
    let folder = try TemporaryFolder()
    var lines = ["a,b,w,label"]
    for row in 0..<40 {
      let (a, b) = (Double(row * 7 % 19) / 9 - 1, Double(row * 5 % 23) / 11 - 1)
      lines.append("\(a),\(b),\(row % 4),\(a * b > 0 ? 1 : 0)")
    }
    let table = try folder.write(lines.joined(separator: "\n"), to: "t.csv")
    let config = """
      data:
        train: {csv: \(table), target: label, weights: w}
        validation: {split: 0.25}
        batch_size: 7
      model: [{linear: 6}, tanh, {linear: 2}]
      loss: cross_entropy
      optimizer: {adam: {lr: 0.05}}
      metrics: [accuracy]
      epochs: 4
      checkpoint: {every: 1, interval: step}
      log: {every: 1}
      """
    let whole = folder.path("whole")
    try train(config, in: whole)
    for limit in [1, 6, 11] {
      let part = folder.path("after-\(limit)")
      try train(config, in: part, stoppingAfter: limit)
      try train(config, in: part, resumes: true)
      #expect(try modelBytes(part) == modelBytes(whole))
      #expect(try rows(RunFolder(part).steps) == rows(RunFolder(whole).steps))
    }
    try train(
      config.replacing("target: label, weights: w", with: "target: label, features: [a, b]"),
      in: folder.path("plain"))
    #expect(try modelBytes(folder.path("plain")) != modelBytes(whole))
    let model = try TrainedModel(folder: RunFolder(whole))
    #expect(model.signature.example.values.shape == [2])
    let source = try Config.dataSource(from: "{csv: \(table), target: label, weights: w}")
    let weighted = try Evaluation.run(
      model: model, dataset: model.recordedConfig().load(source, encoding: model.encoding))
    #expect(weighted.loss.isFinite)
  }
}

extension String {
  fileprivate func replacing(_ text: String, with other: String) -> String {
    split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
  }
}
