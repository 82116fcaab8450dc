import NNCore
import NNData
import NNLosses
import NNTestSupport
import NNTraining
import Testing

@Suite("Runs with quantiles")
struct QuantileRunTests {
  /// Two targets far from 0, so that a missing scale would show.
  private func run(in folder: TemporaryFolder, metrics: String = "[mae]") throws -> TrainingRun {
    let random = Philox(seed: 4)
    let rows = (0..<90).map { row in
      let x = random.normal(2 * row)
      return "\(x),\(1000 + 5 * x + random.normal(2 * row + 1)),\(-40 - x)\n"
    }
    try folder.write("x,a,b\n" + rows.joined(), to: "t.csv")
    let config = try Config(
      yaml: """
        name: bands
        data:
          train: {csv: \(folder.path("t.csv")), target: [a, b]}
          test: {split: 0.3}
          normalize_target: standard
          batch_size: 16
        model: [{linear: 6}]
        loss: {quantile: {quantiles: [0.2, 0.5, 0.8]}}
        optimizer: {adam: {lr: 0.05}}
        metrics: \(metrics)
        epochs: 30
        """, source: "bands.yaml")
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("run")))
    _ = try run.run()
    return run
  }

  @Test("predictions are in the targets' unit and in order, and metrics are those of predictions")
  func predictions() throws {
    let folder = try TemporaryFolder()
    let run = try run(in: folder)
    let model = try TrainedModel(folder: run.folder)
    let test = try #require(run.data.test)
    let outputs = try Predictor(model).predict(test.inputs)
    #expect(outputs.shape == [test.count, 6])
    let (numbers, targets) = (outputs.doubles, test.targets.doubles)
    var (inside, errors) = (0, [Double]())
    for index in targets.indices {
      let own = Array(numbers[3 * index..<3 * index + 3])
      #expect(own == own.sorted())
      #expect(abs(own[1] - (index % 2 == 0 ? 1000 : -40)) < 40)
      if own[0] <= targets[index], targets[index] <= own[2] { inside += 1 }
      errors.append(abs(own[1] - targets[index]))
    }
    let evaluation = try Evaluation.run(model: model, dataset: test)
    let figures = Dictionary(uniqueKeysWithValues: evaluation.figures.map { ($0.name, $0.value) })
    #expect(figures.keys.sorted() == ["coverage", "loss", "mae", "quantile_crossing"])
    // Outputs are rounded to float32 once more on their way.
    expectClose(
      [figures["coverage"] ?? .nan], [Double(inside) / Double(targets.count)],
      Tolerance(absolute: 1.5 / Double(targets.count)))
    expectClose(
      [figures["mae"] ?? .nan], [errors.reduce(0, +) / Double(errors.count)],
      Tolerance(relative: 1e-4))
    #expect(model.encoding.targetNames == ["a", "b"])
    #expect(
      model.outputNames == ["a q0.2", "a q0.5", "a q0.8", "b q0.2", "b q0.5", "b q0.8"])
  }

  @Test("metrics that a config lists are not measured twice")
  func listedMetrics() throws {
    let folder = try TemporaryFolder()
    let run = try run(in: folder, metrics: "[coverage, rmse]")
    let test = try #require(run.data.test)
    let evaluation = try Evaluation.run(model: TrainedModel(folder: run.folder), dataset: test)
    #expect(
      evaluation.figures.map(\.name) == ["loss", "coverage", "rmse", "quantile_crossing"])
  }
}
