import NNCore
import NNData
import NNLayers
import NNTestSupport
import NNTraining
import Testing

/// Frozen parameters, several optimizers, clipping over all groups and accumulated gradients.
@Suite("Parameter groups against PyTorch")
struct GroupReferenceTests {
  /// Losses, norms and parameters of every step.
  ///
  /// - `groups`: two optimizers, updates of 8 + 8 and of 5 rows.
  /// - `uneven`: three optimizers and other options, updates of 8 + 8 + 8 and of 8 + 5 rows, where
  ///   no label of the second batch counts.
  /// - `one-batch`: an optimizer with other options for one layer, no accumulation.
  @Test(arguments: ["groups", "uneven", "one-batch"], [DType.float64, .float32])
  func training(name: String, dtype: DType) throws {
    let example = try Fixture.load("groups", "groups").example(name)
    let config = try Config(yaml: example.config.json, source: "\(name).json")
    let labels = try example.given("y", as: dtype)
    let data = try Dataset(
      name: "rows", inputs: example.given("x", as: dtype), targets: labels.converted(to: .int32))
    let trainer = try Trainer(
      model: config.makeModel(), losses: config.makeLosses(), optimizer: config.makeOptimizer(),
      data: data, batchSize: config.data.batchSize,
      settings: TrainingSettings(
        dtype: dtype, shuffle: false, clipping: config.makeGradientClipping(),
        frozen: config.makeFrozenPatterns(), groups: config.makeParameterGroups(),
        accumulate: config.accumulate))
    let start = try example.given(prefix: "parameter.", as: dtype)
    try trainer.load(Dictionary(start.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 }))
    let expected = try example.expected(prefix: "parameter.", dtype)
    let tolerance = dtype == .float64 ? Tolerance.float64 : .float32Parameters
    var (losses, norms): ([Double], [Double]) = ([], [])
    for _ in 0..<(try #require(example.options["epochs"]?.integer)) {
      while let step = try trainer.step() {
        losses.append(step.loss)
        norms.append(try #require(step.gradientNorm))
        let found = try trainer.weights()
        #expect(found.map(\.name).sorted() == expected.map(\.name))
        for (name, all) in expected {
          let tensor = try #require(found.first { $0.name == name }).tensor
          expectClose(
            tensor, all.rows(losses.count - 1..<losses.count).reshaped(to: tensor.shape),
            tolerance, "\(name) after step \(losses.count)")
        }
      }
      try trainer.epoch()
    }
    let curve = dtype == .float64 ? Tolerance.float64Curve : .float32Curve
    expectClose(losses, try example.expected("losses", dtype).doubles, curve, "losses")
    expectClose(norms, try example.expected("norms", dtype).doubles, curve, "norms")
    let frozen = start.filter { name, _ in
      config.makeFrozenPatterns().contains { $0.matches(name) }
    }
    #expect(!frozen.isEmpty)
    for (name, tensor) in frozen {
      expectIdentical(try #require(try trainer.weights().first { $0.name == name }).tensor, tensor)
    }
  }
}
