import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNTestSupport
import NNTraining
import Testing

@Suite struct GradientCheckTests {
  @Test func passesForAConvolutionalNetwork() throws {
    let rows = try GradientCheck.run(config: Config(yaml: convolutionalConfig))
    #expect(
      rows.map(\.name) == [
        "0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias", "6.0.weight",
        "6.0.bias", "9.weight", "9.bias",
      ])
    for row in rows {
      #expect(row.passed, "\(row.name): off by \(row.largestDifference)")
      #expect(row.checked == min(20, row.shape.elementCount))
    }
    // A check of zeros would prove nothing; a bias before batch normalisation has no effect.
    for row in rows where row.name != "2.bias" {
      #expect(row.largestGradient > 1e-6, "\(row.name)")
    }
  }

  @Test(arguments: ["mse", "l1", "huber", "smooth_l1"])
  func passesForRegressions(loss: String) throws {
    let yaml = """
      data: {train: sine, batch_size: 10}
      model: [{linear: 7}, tanh, {layer_norm: 7}, {linear: 1}]
      loss: \(loss)
      optimizer: adam
      """
    let rows = try GradientCheck.run(config: Config(yaml: yaml), rows: 10, elements: 100)
    #expect(rows.count == 6)
    for row in rows { #expect(row.passed, "\(row.name): off by \(row.largestDifference)") }
  }

  /// The layers before the wrong gradient fail, those after it pass.
  @Test func failsForAWrongGradient() throws {
    let model = Model {
      Dense(5)
      WrongSquareLayer()
      Dense(2)
    }
    let rows = try GradientCheck.run(
      model: model, loss: CrossEntropy(), data: DataGenerator(.moons).make(),
      normalization: .identity, seed: 3)
    #expect(
      rows.map { "\($0.name) \($0.passed)" } == [
        "0.weight false", "0.bias false", "2.weight true", "2.bias true",
      ])
  }
}

/// a² with the gradient of a²/2.
struct WrongSquareLayer: Layer {
  var description: String { "WrongSquare" }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    input.square().withGradient(of: [input]) { cotangent, sources in [cotangent * sources[0]] }
  }
}
