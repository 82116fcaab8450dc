import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite("L-BFGS against PyTorch")
struct LBFGSReferenceTests {
  private func data(_ example: FixtureExample) throws -> Dataset {
    try Dataset(
      name: "sine", inputs: example.given("x", as: .float64),
      targets: example.given("y", as: .float64))
  }

  private func trainer(_ example: FixtureExample) throws -> Trainer {
    let data = try data(example)
    let model = Model {
      Dense(16)
      Tanh()
      Dense(1)
    }
    let trainer = try Trainer(
      model: model, loss: MeanSquaredError(), optimizer: try optimizer(example), data: data,
      batchSize: data.count, settings: TrainingSettings(dtype: .float64, shuffle: false))
    try trainer.load(
      Dictionary(
        example.given(prefix: "parameter.", as: .float64).map { ($0.name, $0.tensor) },
        uniquingKeysWith: { $1 }))
    return trainer
  }

  private func optimizer(_ example: FixtureExample) throws -> LBFGS {
    let (_, options) = try #require(example.config.named)
    return LBFGS(
      learningRate: options["lr"]?.number ?? 1, maxIterations: options["max_iter"]?.integer ?? 20,
      maxEvaluations: options["max_eval"]?.integer,
      historySize: options["history_size"]?.integer ?? 100,
      lineSearch: options["line_search_fn"]?.text == "strong_wolfe" ? .strongWolfe : .none)
  }

  /// Losses and parameters after each of 30 steps.
  @Test(arguments: [
    "line-search", "no-line-search", "short-history", "few-evaluations", "long-steps",
  ])
  func trajectory(name: String) throws {
    let example = try Fixture.load("lbfgs", "lbfgs").example(name)
    let trainer = try trainer(example)
    let steps = try #require(example.options["steps"]?.integer)
    let expected = try example.expected(prefix: "parameter.", .float64)
    var losses: [Double] = []
    for index in 0..<steps {
      losses.append(try #require(try trainer.step()).loss)
      #expect(try trainer.step() == nil)
      try trainer.epoch()
      let found = try trainer.weights()
      for (parameter, all) in expected {
        let tensor = try #require(found.first { $0.name == parameter }).tensor
        expectClose(
          tensor, all.rows(index..<index + 1).reshaped(to: tensor.shape),
          Tolerance.float64.orAbsolute(1e-9), "\(parameter) after step \(index + 1)")
      }
    }
    expectClose(
      losses, try example.expected("losses", .float64).doubles,
      Tolerance.float64.orAbsolute(1e-12), "losses")
  }
}
