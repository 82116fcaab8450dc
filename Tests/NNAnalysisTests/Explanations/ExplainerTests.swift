import NNAnalysis
import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct ExplainerTests {
  /// A network with given or random weights, trained on nothing.
  private static func network(
    _ model: Model, _ example: Shape, seed: UInt64 = 1, weights: [String: HostTensor] = [:]
  ) throws -> TrainedModel {
    try UntrainedModel.of(
      model, Ports(TensorType(example, .float64)), seed: seed, weights: weights)
  }

  private static let weight = HostTensor([0.5, -2, 1, 3, 0.25, -1], shape: [2, 3])
  private static let rows = HostTensor([1.0, 2, -3, 0.5, 0, 4], shape: [2, 3])

  /// The network f(x) = Wx + b.
  private static func linear() throws -> TrainedModel {
    try network(
      Model(Dense(2)), [3],
      weights: ["weight": weight, "bias": HostTensor([0.5, -0.25])])
  }

  /// gradient × input, integrated gradients and occlusion of a linear model are w·x, whatever the
  /// number of nodes; saliency is |w|.
  @Test(arguments: [0, 1]) func linearModelsHaveClosedForms(output: Int) throws {
    let explainer = try Explainer(Self.linear())
    let w = Array(Self.weight.doubles[3 * output..<3 * output + 3])
    let x = Self.rows.doubles
    var options = ExplanationOptions()
    options.steps = 3
    let products = x.indices.map { x[$0] * w[$0 % 3] }
    for method in ["gradient_x_input", "integrated_gradients", "occlusion"] {
      let found = try explainer.explain(Self.rows, by: method, of: .index(output), options: options)
      expectClose(
        found.attributions, HostTensor(products, shape: [2, 3]), .init(relative: 0, absolute: 1e-14)
      )
      #expect(try #require(found.completenessErrors).allSatisfy { abs($0) <= 1e-14 })
      #expect(found.choices == [output, output])
    }
    let saliency = try explainer.explain(Self.rows, by: "saliency", of: .index(output))
    expectIdentical(
      saliency.attributions, HostTensor(x.indices.map { abs(w[$0 % 3]) }, shape: [2, 3]))
    #expect(saliency.completenessErrors == nil)
    // The gradient is the same everywhere, so noise changes nothing.
    let smooth = try explainer.explain(Self.rows, by: "smoothgrad", of: .index(output))
    expectClose(smooth.attributions, saliency.attributions, .init(relative: 0, absolute: 1e-15))
    options.baseline = -1.5
    for method in ["integrated_gradients", "occlusion"] {
      let found = try explainer.explain(Self.rows, by: method, of: .index(output), options: options)
      let expected = x.indices.map { (x[$0] + 1.5) * w[$0 % 3] }
      expectClose(
        found.attributions, HostTensor(expected, shape: [2, 3]), .init(relative: 0, absolute: 1e-14)
      )
    }
  }

  /// Explanations are of raw inputs: the run's normalisation is differentiated.
  @Test func normalisationIsPartOfTheFunction() throws {
    let inputs = HostTensor.random([40, 3], seed: 7, in: -20...50)
    let trainer = try Trainer(
      model: Model(Dense(2)), loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1),
      data: Dataset(
        name: "rows", inputs: inputs, targets: .labels([40], classes: 2, dtype: .int32)),
      batchSize: 40, settings: TrainingSettings(dtype: .float64, normalization: .standard))
    let model = try trainer.trainedModel()
    let found = try Explainer(model).explain(
      inputs.rows(0..<2), by: "saliency", of: .index(1))
    let weight = try #require(model.weights.first { $0.name == "weight" }).tensor.doubles
    let columns = (0..<3).map { column in
      (0..<40).map { inputs.doubles[3 * $0 + column] }
    }
    let deviations = columns.map { column in
      let mean = column.reduce(0, +) / 40
      return (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40).squareRoot()
    }
    for row in 0..<2 {
      for column in 0..<3 {
        let expected = abs(weight[3 + column]) / deviations[column]
        #expect(abs(found.attributions.doubles[3 * row + column] - expected) <= 1e-12)
      }
    }
  }

  private static let smooth = Model {
    Dense(8)
    Tanh()
    Dense(8)
    Sigmoid()
    Dense(3)
  }

  /// The attributions of integrated gradients add up to f(x) − f(baseline).
  @Test func integratedGradientsAreComplete() throws {
    let explainer = try Explainer(Self.network(Self.smooth, [6], seed: 3))
    let rows = HostTensor.normal([9, 6], seed: 2, scale: 2)
    let found = try explainer.explain(rows, by: "integrated_gradients", of: .index(2))
    let errors = try #require(found.completenessErrors)
    for (index, error) in errors.enumerated() {
      let difference = found.scores[index] - found.baselineScores[index]
      #expect(abs(error) <= 1e-3 * max(abs(difference), 1e-3))
      let sum = found.attributions.doubles[6 * index..<6 * index + 6].reduce(0, +)
      #expect(abs(sum - difference - error) <= 1e-14)
    }
    // With few nodes the integral is coarse, so the figure can fail.
    var options = ExplanationOptions()
    options.steps = 1
    let coarse = try explainer.explain(
      rows, by: "integrated_gradients", of: .index(2), options: options)
    let largest = (
      fine: errors.map(\.magnitude).max() ?? 1,
      coarse: try #require(coarse.completenessErrors).map(\.magnitude).max() ?? 0
    )
    #expect(largest.coarse > 100 * largest.fine)
  }

  /// Sanity check of Adebayo et al.: other weights give another explanation.
  @Test(arguments: [
    "saliency", "gradient_x_input", "integrated_gradients", "smoothgrad", "occlusion",
  ])
  func randomWeightsChangeTheExplanation(method: String) throws {
    let rows = HostTensor.normal([4, 6], seed: 2)
    let maps = try [3, 4].map { seed in
      try Explainer(Self.network(Self.smooth, [6], seed: UInt64(seed)))
        .explain(rows, by: method, of: .index(0)).attributions.doubles
    }
    let again = try Explainer(Self.network(Self.smooth, [6], seed: 3))
      .explain(rows, by: method, of: .index(0)).attributions.doubles
    #expect(maps[0] == again)
    let dot = zip(maps[0], maps[1]).reduce(0) {
      $0 + ($1.0 - Self.mean(maps[0])) * ($1.1 - Self.mean(maps[1]))
    }
    let norms = maps.map { map in
      map.reduce(0) { $0 + ($1 - Self.mean(map)) * ($1 - Self.mean(map)) }.squareRoot()
    }
    #expect(abs(dot) / (norms[0] * norms[1]) < 0.9)
  }

  private static func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  /// More rows than a batch, and the predicted class of each.
  @Test func manyRowsAreExplainedInBatches() throws {
    let model = try Self.network(Self.smooth, [6], seed: 3)
    let rows = HostTensor.normal([150, 6], seed: 9, scale: 3)
    let explainer = try Explainer(model)
    let all = try explainer.explain(rows, by: "saliency", of: .index(1))
    let last = try explainer.explain(rows.rows(149..<150), by: "saliency", of: .index(1))
    expectClose(
      all.attributions.rows(149..<150), last.attributions, .init(relative: 0, absolute: 1e-15))
    #expect(abs(all.scores[149] - last.scores[0]) <= 1e-15)
    let outputs = try Predictor(model).predict(rows).doubles
    for row in 0..<150 { #expect(abs(all.scores[row] - outputs[3 * row + 1]) <= 1e-14) }
  }

  @Test func gaussLegendreIsExactForPolynomials() {
    for count in [1, 2, 5, 50] {
      let rule = GaussLegendre(count)
      #expect(zip(rule.nodes, rule.nodes.dropFirst()).allSatisfy { $0 < $1 })
      for degree in [0, 1, 2 * count - 1] {
        let sum = zip(rule.nodes, rule.weights).reduce(0.0) { sum, term in
          sum + term.1 * (0..<degree).reduce(1.0) { power, _ in power * term.0 }
        }
        #expect(abs(sum - 1 / Double(degree + 1)) <= 1e-14, "\(count) nodes, degree \(degree)")
      }
    }
  }

  @Test func tokensAreExplainedByTheirEmbeddings() throws {
    let tokens = HostTensor([3, 1, 4, 1, 0, 2, 2, 4] as [Int32], shape: [2, 4])
    let model = Model {
      Embedding(3)
      Flatten()
      Dense(5)
    }
    let trainer = try Trainer(
      model: model, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1),
      data: Dataset(
        name: "tokens", source: Ports(tokens), targets: HostTensor([1, 3] as [Int32]),
        vocabulary: VocabularySizes(input: 5)), batchSize: 2,
      settings: TrainingSettings(dtype: .float64))
    let trained = try trainer.trainedModel()
    let found = try Explainer(trained).explain(tokens, by: "integrated_gradients", of: .index(2))
    #expect(found.rows.shape == [2, 4, 3] && found.attributions.shape == [2, 4, 3])
    let weights = Dictionary(
      uniqueKeysWithValues: trained.weights.map { ($0.name, $0.tensor.doubles) })
    let (embedding, dense) = (
      try #require(weights["0.weight"]), try #require(weights["2.weight"])
    )
    // f is linear in the embedded tokens: each number adds itself times its weight.
    let ids = tokens.scalars(as: Int32.self).map { Int($0) }
    let expected = (0..<24).map { index -> Double in
      let (token, dimension) = (ids[index / 3], index % 3)
      return embedding[3 * token + dimension] * dense[24 + index % 12]
    }
    expectClose(
      found.attributions, HostTensor(expected, shape: [2, 4, 3]),
      .init(relative: 0, absolute: 1e-14))
  }

  @Test func refusesWhatDoesNotFit() throws {
    let explainer = try Explainer(Self.linear())
    let rows = Self.rows
    expectError("there is no output 2", "outputs 0 to 1") {
      _ = try explainer.explain(rows, by: "saliency", of: .index(2))
    }
    expectError("predicts 2 numbers", "from 0 to 1") {
      _ = try explainer.explain(rows, by: "saliency")
    }
    expectError("`salience`", "did you mean `saliency`?") {
      _ = try explainer.explain(rows, by: "salience", of: .index(0))
    }
    expectError("`relu`", "has none") {
      _ = try explainer.explain(rows, by: "guided_backprop", of: .index(0))
    }
    expectError("grad_cam explains one image") {
      _ = try explainer.explain(rows, by: "grad_cam", of: .index(0))
    }
    func refuses(_ method: String, _ parts: String, _ change: (inout ExplanationOptions) -> Void) {
      var options = ExplanationOptions()
      change(&options)
      let final = options
      expectError(parts) {
        _ = try explainer.explain(rows, by: method, of: .index(0), options: final)
      }
    }
    refuses("integrated_gradients", "1 to 10000 steps") { $0.steps = 0 }
    refuses("smoothgrad", "1 to 10000 samples") { $0.samples = 0 }
    refuses("smoothgrad", "positive deviation") { $0.deviation = -1 }
    refuses("occlusion", "the window of occlusion is [4]") { $0.window = [4] }
    refuses("occlusion", "the window of occlusion is [1, 1]") { $0.window = [1, 1] }
    refuses("occlusion", "the strides of occlusion are [3]") {
      $0.window = [2]
      $0.strides = [3]
    }
    refuses("saliency", "the baseline is nan") { $0.baseline = .nan }
    let image = try Explainer(
      Self.network(
        Model {
          Conv2D(2, kernelSize: 3)
          Flatten()
          Dense(2)
        }, [1, 5, 5]))
    var options = ExplanationOptions()
    options.layer = "1"
    let pixels = HostTensor.normal([1, 1, 5, 5])
    expectError("whose output is [channels, height, width]", "0 (Conv2D") {
      _ = try image.explain(pixels, by: "grad_cam", of: .index(0), options: options)
    }
    options.layer = "7"
    expectError("no layer `7`") {
      _ = try image.explain(pixels, by: "grad_cam", of: .index(0), options: options)
    }
    expectError("the network's output has the shape [N, 2, 3, 3]") {
      _ = try Explainer(Self.network(Model(Conv2D(2, kernelSize: 3)), [1, 5, 5]))
    }
  }
}
