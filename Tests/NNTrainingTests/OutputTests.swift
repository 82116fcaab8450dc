import NNCore
import NNData
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// The meaning of outputs and targets for a loss: checks before training, binary labels, ranges.
@Suite struct OutputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Random inputs with the given targets.
  private func config(
    targets: HostTensor, loss: String, model: String, _ overrides: [String] = []
  ) throws -> Config {
    let count = targets.shape[0]
    try NPZ.write(
      [("x", HostTensor.random([count, 2], seed: 4)), ("y", targets)], to: folder.path("data.npz"))
    return try Config(
      yaml: """
        name: outputs
        data: {train: {npz: data.npz}, batch_size: 8}
        model: \(model)
        loss: \(loss)
        optimizer: {sgd: {lr: 0.1}}
        epochs: 2
        log: {every: 1}
        """, folder: folder.path, overrides: overrides)
  }

  private func column(_ values: [Double], _ count: Int = 20) -> HostTensor {
    HostTensor((0..<count).map { values[$0 % values.count] }, shape: [count, 1])
  }

  // MARK: - Ranges of targets and outputs

  @Test(
    arguments: [
      ([0.0, 1, -1], "row 2 (from 0) has the target -1", "−1 and +1 as 0 and 1"),
      ([1.0, 0, 0, 2], "row 3 (from 0) has the target 2", "cross_entropy"),
      ([0.0, 255], "row 1 (from 0) has the target 255", "0 and 255 as 0 and 1"),
      ([0.5, 1.5], "row 1 (from 0) has the target 1.5", "as probabilities"),
    ], ["bce", "bce_with_logits"])
  func targetsOfBinaryLosses(example: ([Double], String, String), loss: String) throws {
    let config = try config(
      targets: column(example.0), loss: loss, model: "[{linear: 1}, sigmoid]")
    expectError(
      "data.npz", "\(example.1), and the loss `\(loss)` takes numbers from 0 to 1", example.2
    ) { try TrainingRun.check(config) }
  }

  @Test func labelsAreTargetsOfBinaryLosses() throws {
    let labels = HostTensor((0..<20).map { Int32($0 % 3) })
    expectError("row 2 (from 0) has the target 2, and the loss `bce_with_logits`") {
      try TrainingRun.check(
        config(targets: labels, loss: "bce_with_logits", model: "[{linear: 1}]"))
    }
    let several = HostTensor((0..<40).map { $0 == 23 ? 3.0 : 1 }, shape: [20, 2])
    expectError("row 11, column 1 (from 0) has the target 3") {
      try TrainingRun.check(config(targets: several, loss: "bce", model: "[{linear: 2}, sigmoid]"))
    }
    expectError("has the target -0.5, and the loss `kl_div` takes numbers ≥ 0") {
      try TrainingRun.check(
        config(targets: column([1, -0.5]), loss: "kl_div", model: "[{linear: 1}, log_softmax]"))
    }
    try TrainingRun.check(
      config(targets: column([0, 0.25, 1]), loss: "bce_with_logits", model: "[{linear: 1}]"))
  }

  @Test func outputsThatAreNotProbabilities() throws {
    let config = try config(
      targets: column([0, 1]), loss: "bce", model: "[{linear: 4}, {linear: 1}]")
    #expect(
      config.warnings == [
        "model.1 (linear): bce takes probabilities; end the network with sigmoid, or use "
          + "bce_with_logits on the raw outputs"
      ])
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
    expectError(
      "the loss `bce` takes outputs from 0 to 1, and the last layer, `1` (Dense 1), outputs ",
      "end the network with sigmoid"
    ) { _ = try run.run() }
  }

  // MARK: - The last layer

  @Test(
    arguments: [
      ("cross_entropy", "[{linear: 2}, softmax]", "model.1 (softmax): cross_entropy applies"),
      (
        "cross_entropy", "[{linear: 4}, {sequential: [{linear: 2}, softmax]}]",
        "model.1.1 (softmax)"
      ),
      (
        "cross_entropy",
        "[{sequential: [{sequential: [{linear: 2}, log_softmax]}]}, {dropout: 0.1}]",
        "model.0.0.1 (log_softmax)"
      ),
      ("bce_with_logits", "[{linear: 1}, sigmoid, flatten]", "model.1 (sigmoid)"),
      (
        "nll", "[{linear: 2}]",
        "model.0 (linear): nll takes log-probabilities; end the network with"
      ),
      ("nll", "[{residual: [{linear: 2}, log_softmax]}]", "model.0 (residual): nll takes"),
      ("kl_div", "[{linear: 2}, softmax]", "model.1 (softmax): kl_div takes log-probabilities"),
      ("bce", "[{linear: 2}, relu]", "model.1 (relu): bce takes probabilities"),
    ])
  func warnings(loss: String, model: String, warning: String) throws {
    let config = try Config(
      yaml: smallConfig, overrides: ["loss=\(loss)", "model=\(model)"])
    #expect(config.warnings.count == 1)
    #expect(config.warnings.first?.hasPrefix(warning) ?? false, "\(config.warnings)")
  }

  @Test(
    arguments: [
      ("cross_entropy", "[{linear: 2}]"), ("cross_entropy", "[{residual: [{linear: 2}, softmax]}]"),
      ("cross_entropy", "[softmax, {linear: 2}]"),
      ("nll", "[{sequential: [{linear: 2}, log_softmax]}, flatten]"),
      ("kl_div", "[{linear: 2}, log_softmax]"), ("bce", "[{sequential: [{linear: 1}, sigmoid]}]"),
      ("mse", "[{linear: 1}, sigmoid]"),
    ])
  func noWarning(loss: String, model: String) throws {
    #expect(
      try Config(yaml: smallConfig, overrides: ["loss=\(loss)", "model=\(model)"]).warnings == [])
  }

  /// A softmax inside the last container needs no second one.
  @Test func probabilitiesOfANestedSoftmax() throws {
    let labels = HostTensor((0..<20).map { Int32($0 % 2) })
    let config = try config(
      targets: labels, loss: "cross_entropy", model: "[{sequential: [{linear: 2}, softmax]}]")
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
    _ = try run.run()
    let predictor = try Predictor(TrainedModel(folder: run.folder))
    let rows = HostTensor.random([5, 2], seed: 9)
    #expect(try predictor.probabilities(rows) == predictor.predict(rows))
  }

  // MARK: - Binary labels and classes

  @Test func severalBinaryLabelsPerExample() throws {
    // Each label is the sign of a number, so that a linear network learns all.
    let x = HostTensor.random([200, 2], seed: 4).doubles
    let y = (0..<200).flatMap { row in
      [
        x[2 * row] > 0 ? 1.0 : 0, x[2 * row + 1] > 0.2 ? 1 : 0,
        x[2 * row] + x[2 * row + 1] > 0 ? 1 : 0,
      ]
    }
    let config = try config(
      targets: HostTensor(y, shape: [200, 3]), loss: "bce_with_logits", model: "[{linear: 3}]",
      [
        "metrics=[accuracy, subset_accuracy, confusion_matrix]", "epochs=60",
        "optimizer={sgd: {lr: 2}}", "data.test={npz: data.npz}",
      ])
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
    _ = try run.run()
    let model = try TrainedModel(folder: run.folder)
    let predictor = try Predictor(model)
    let outputs = try predictor.predict(HostTensor(x, shape: [200, 2]))
    let decisions = try #require(predictor.decisions(of: outputs))
    #expect(predictor.classes(of: outputs) == nil)
    let right = (0..<600).count { decisions[$0 / 3][$0 % 3] == (y[$0] == 1) }
    let whole = (0..<200).count { row in
      (0..<3).allSatisfy { decisions[row][$0] == (y[3 * row + $0] == 1) }
    }
    let evaluation = try #require(try run.evaluateTest())
    #expect(evaluation.figures.map(\.name) == ["loss", "accuracy", "subset_accuracy"])
    #expect(evaluation.figures[1].value == Double(right) / 600)
    #expect(evaluation.figures[2].value == Double(whole) / 200)
    #expect(evaluation.figures[1].value > 0.95)
    let probabilities = try predictor.probabilities(of: outputs)
    #expect(predictor.decisions(of: probabilities, areProbabilities: true) == decisions)
  }

  @Test func metricsIncompatibleWithTheLoss() {
    for (loss, metric) in [
      ("bce_with_logits", "top_k"), ("bce", "top_k"), ("bce", "perplexity"),
      ("cross_entropy", "subset_accuracy"), ("mse", "subset_accuracy"),
    ] {
      let text = complaint(
        about: smallConfig, overrides: ["loss=\(loss)", "metrics=[\(metric)]"])
      #expect(
        text?.contains("the metric `\(metric)`") ?? false
          && text?.contains("under `\(loss)`") ?? false, "\(text ?? "nil")")
    }
  }

  @Test func oneClass() throws {
    let labels = HostTensor([Int32](repeating: 0, count: 20))
    let config = try config(
      targets: labels, loss: "cross_entropy", model: "[{linear: 1}]",
      ["metrics=[accuracy]", "data.test={npz: data.npz}"])
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
    _ = try run.run()
    #expect(try #require(try run.evaluateTest()).figures[1].value == 1)
    let predictor = try Predictor(TrainedModel(folder: run.folder))
    let rows = HostTensor.random([5, 2], seed: 9)
    #expect(predictor.classes(of: try predictor.predict(rows)) == [0, 0, 0, 0, 0])
    // The greatest of one, not a decision at a threshold, which is exceeded here.
    #expect(predictor.classes(of: HostTensor([3.0, -3], shape: [2, 1])) == [0, 0])
    let probabilities = try predictor.probabilities(rows)
    #expect(probabilities.doubles == [1, 1, 1, 1, 1])
    #expect(predictor.classes(of: probabilities, areProbabilities: true) == [0, 0, 0, 0, 0])
  }

  @Test func classesAndOutputs() throws {
    let labels = HostTensor((0..<20).map { Int32($0 % 3) })
    func config(_ outputs: Int, _ metric: String) throws -> Config {
      try self.config(
        targets: labels, loss: "cross_entropy", model: "[{linear: \(outputs)}]",
        ["metrics=[\(metric)]"])
    }
    expectError("the metric `top_k` counts 5 guesses, and the network has 3 outputs", "below 3") {
      try TrainingRun.check(config(3, "top_k: 5"))
    }
    expectError("the metric `top_k` counts 3 guesses") {
      try TrainingRun.check(config(3, "top_k: 3"))
    }
    #expect(try TrainingRun.check(config(3, "top_k: 2")).warnings == [])
    #expect(
      try TrainingRun.check(config(30, "top_k: 5")).warnings == [
        "model: the network has 30 outputs for the 3 classes of the training data"
      ])
  }

  @Test func labelsOutOfRangeAreInvalidOptions() {
    for section in [
      "loss={cross_entropy: {ignore_index: 2147483648}}", "loss={nll: {ignore_index: -2147483649}}",
    ] {
      let text = complaint(about: smallConfig, overrides: [section])
      #expect(text?.contains("from -2147483648 to 2147483647") ?? false, "\(text ?? "nil")")
    }
  }

  @Test func divergenceIsDividedByAllElements() throws {
    let config = try Config(
      yaml: smallConfig, overrides: ["loss=kl_div", "model=[{linear: 2}, log_softmax]"])
    #expect(config.loss["reduction"] == .string("mean"))
  }
}
