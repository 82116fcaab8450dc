import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Frozen parameters, two optimizers, clipping over both and accumulated gradients.
@Suite("Parameter groups against PyTorch")
struct GroupReferenceTests {
  @Test(arguments: [DType.float64, .float32])
  func training(dtype: DType) throws {
    let example = try Fixture.load("groups", "groups").example("groups")
    func option(_ name: String) throws -> Int { try #require(example.options[name]?.integer) }
    let labels = try example.given("y", as: dtype)
    let data = try Dataset(
      name: "rows", inputs: example.given("x", as: dtype),
      targets: labels.converted(to: .int32))
    let model = Model {
      Dense(7)
      Tanh()
      Dense(6)
      Tanh()
      Dense(4)
    }
    let trainer = try Trainer(
      model: model,
      loss: CrossEntropy(weight: example.given("weight", as: .float64).doubles, ignoreIndex: 3),
      optimizer: AdamW(learningRate: 0.02, weightDecay: 0.1), data: data,
      batchSize: option("batch"),
      settings: TrainingSettings(
        dtype: dtype, shuffle: false, clipping: [.norm(maximum: 0.4)], frozen: ["0.*"],
        groups: [ParameterGroup("[24].bias", optimizer: SGD(learningRate: 0.3, momentum: 0.9))],
        accumulate: option("accumulate")))
    let start = try example.given(prefix: "parameter.", as: dtype)
    try trainer.load(Dictionary(start.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 }))
    let expected = try example.expected(prefix: "parameter.", dtype)
    let tolerance = dtype == .float64 ? Tolerance.float64 : .float32Parameters
    var (losses, norms): ([Double], [Double]) = ([], [])
    #expect(trainer.stepsPerEpoch == 3)
    for _ in 0..<(try option("epochs")) {
      while let step = try trainer.step() {
        losses.append(step.loss)
        norms.append(try #require(step.gradientNorm))
        let found = try trainer.weights()
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
    let frozen = try #require(try trainer.weights().first { $0.name == "0.weight" }).tensor
    expectIdentical(frozen, try #require(start.first { $0.name == "0.weight" }).tensor)
  }
}
