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

@Suite struct PartialDependenceTests {
  private static let weights = [[0.5, -2, 1], [3, 0, -1]]
  private static let bias = [0.25, -1]

  private static func dataset(_ inputs: HostTensor) throws -> Dataset {
    try Dataset(
      name: "rows", inputs: inputs,
      targets: HostTensor(zeros: [inputs.shape[0], 2], dtype: .float64),
      featureNames: ["a", "b", "c"])
  }

  /// The mean output of a linear model is w v + Σ w x̄ over the other columns + b.
  @Test func linearModelsHaveAClosedForm() throws {
    let inputs = HostTensor.normal([250, 3], seed: 5, scale: 3)
    let model = try LinearModel.of(Self.weights, bias: Self.bias)
    let numbers = inputs.doubles
    let means = (0..<3).map { column -> Double in
      let values = (0..<250).map { row in numbers[3 * row + column] }
      return values.reduce(0, +) / 250
    }
    for (column, name) in ["a", "b", "c"].enumerated() {
      let found = try PartialDependence.measure(
        model, on: Self.dataset(inputs), feature: name, resolution: 30)
      #expect(found.feature == name && found.count == 250 && !found.areProbabilities)
      #expect(found.grid.count == 30 && found.outputs == ["output 0", "output 1"])
      #expect(found.averages.shape == [30, 2])
      // Evenly spaced between the percentiles of 250 values, which are those of mquantiles.
      let sorted = (0..<250).map { numbers[3 * $0 + column] }.sorted()
      // 250 · 0.05 + 0.41 = 12.91 and 250 · 0.95 + 0.59 = 238.09 values lie below.
      let ends = (
        0.09 * sorted[11] + 0.91 * sorted[12], 0.91 * sorted[237] + 0.09 * sorted[238]
      )
      for (index, value) in found.grid.enumerated() {
        let expected = ends.0 + Double(index) / 29 * (ends.1 - ends.0)
        #expect(abs(value - expected) <= 1e-12)
      }
      for output in 0..<2 {
        let w = Self.weights[output]
        let others = (0..<3).reduce(Self.bias[output]) {
          $1 == column ? $0 : $0 + w[$1] * means[$1]
        }
        expectClose(
          found.curve(of: output), found.grid.map { w[column] * $0 + others },
          .init(absolute: 1e-12))
      }
    }
  }

  /// A feature with few values has a grid of these values.
  @Test func fewValuesAreTheGrid() throws {
    let inputs = HostTensor(
      (0..<40).flatMap { [Double($0 % 3), Double($0), 1] }, shape: [40, 3])
    let model = try LinearModel.of(Self.weights)
    func grid(_ name: String, _ resolution: Int) throws -> [Double] {
      try PartialDependence.measure(
        model, on: Self.dataset(inputs), feature: name, resolution: resolution
      ).grid
    }
    #expect(try grid("a", 4) == [0, 1, 2])
    #expect(try grid("b", 41) == (0..<40).map { Double($0) })
    #expect(try grid("c", 2) == [1])
    // Three values are not fewer than three: evenly spaced between percentiles.
    #expect(try grid("a", 3) == [0, 1, 2])
    #expect(try grid("b", 40) != (0..<40).map { Double($0) })
  }

  /// Classes are averaged as probabilities.
  @Test func classesAreProbabilities() throws {
    let inputs = HostTensor.normal([80, 2], seed: 3)
    let trainer = try Trainer(
      model: Model(Dense(3)), loss: CrossEntropy(), optimizer: SGD(learningRate: 0.5),
      data: Dataset(
        name: "rows", inputs: inputs, targets: .labels([80], classes: 3, dtype: .int32),
        classNames: ["red", "green", "blue"], featureNames: ["x", "y"]),
      batchSize: 20, settings: TrainingSettings(dtype: .float64, normalization: .standard))
    try trainer.train(epochs: 2)
    let model = try trainer.trainedModel()
    let data = try Dataset(
      name: "rows", inputs: inputs, targets: .labels([80], classes: 3, dtype: .int32),
      featureNames: ["x", "y"])
    let found = try PartialDependence.measure(model, on: data, feature: "y", resolution: 7)
    #expect(found.areProbabilities && found.outputs == ["red", "green", "blue"])
    let predictor = try Predictor(model)
    for (index, value) in found.grid.enumerated() {
      var changed = inputs.doubles
      for row in 0..<80 { changed[2 * row + 1] = value }
      let outputs = try predictor.probabilities(HostTensor(changed, shape: [80, 2])).doubles
      for output in 0..<3 {
        let mean = (0..<80).reduce(0) { $0 + outputs[3 * $1 + output] } / 80
        #expect(abs(found.averages.doubles[3 * index + output] - mean) <= 1e-14)
      }
    }
  }

  @Test func refusesWhatIsNoColumn() throws {
    let model = try LinearModel.of(Self.weights)
    let data = try Self.dataset(.normal([50, 3], seed: 1))
    expectError("the data have no feature `aa`", "did you mean `a`?") {
      _ = try PartialDependence.measure(model, on: data, feature: "aa")
    }
    expectError("a grid has 2 to 100000 values, got 1") {
      _ = try PartialDependence.measure(model, on: data, feature: "a", resolution: 1)
    }
    expectError("percentiles are from 0 to 1") {
      _ = try PartialDependence.measure(model, on: data, feature: "a", percentiles: 5...95)
    }
    // All but two of the rows have the same value.
    var numbers = [Double](repeating: 0, count: 150)
    (numbers[0], numbers[3]) = (1, -1)
    let constant = try Self.dataset(HostTensor(numbers, shape: [50, 3]))
    expectError("the feature `a` are both 0.0") {
      _ = try PartialDependence.measure(model, on: constant, feature: "a", resolution: 3)
    }
    let images = try TrainedModel(
      model: Model {
        Flatten()
        Dense(2)
      },
      signature: InputSignature(Ports(TensorType([1, 2, 2], .float64)), dtype: .float64),
      weights: [
        ("1.weight", HostTensor(zeros: [2, 4], dtype: .float64)),
        ("1.bias", HostTensor(zeros: [2], dtype: .float64)),
      ])
    let pixels = try Dataset(
      name: "images", inputs: .normal([5, 1, 2, 2]),
      targets: HostTensor(zeros: [5, 2], dtype: .float64))
    expectError("of a column of a table", "inputs of shape [1, 2, 2]") {
      _ = try PartialDependence.measure(images, on: pixels, feature: "0")
    }
  }
}
