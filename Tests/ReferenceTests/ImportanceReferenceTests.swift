import NNAnalysis
import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNMetrics
import NNTestSupport
import NNTraining
import Testing

@Suite("Permutation importance and partial dependence against scikit-learn")
struct ImportanceReferenceTests {
  private static let tolerance = Tolerance(absolute: 1e-12)

  private struct Case {
    let model: TrainedModel
    let dataset: Dataset
    let permutations: [[Int]]
    let example: FixtureExample

    init(_ name: String) throws {
      example = try Fixture.load("importance", "importance").example(name)
      let document = example.config.json.dropLast()
      let config = try Config(
        yaml: document + ", \"data\": {\"train\": \"xor\"}, \"loss\": \"mse\", "
          + "\"optimizer\": \"adam\"}", source: "\(name).json")
      let x = try example.given("x", as: .float64)
      model = try TrainedModel(
        model: config.makeModel(),
        signature: InputSignature(Ports(TensorType([x.shape[1]], .float64)), dtype: .float64),
        weights: example.given(prefix: "state.", as: .float64))
      let y = try example.given("y", as: .float64)
      dataset = try Dataset(
        name: name, inputs: x,
        targets: y.dtype == .float64
          ? y.reshaped(to: [x.shape[0], 1]) : y.converted(to: .int32))
      let orders = try example.given("permutations", as: .float64)
      let numbers = orders.doubles.map { Int($0) }
      let count = orders.shape[1]
      permutations = (0..<orders.shape[0]).map { Array(numbers[$0 * count..<($0 + 1) * count]) }
    }

    /// Compares the importances of a score with those of scikit-learn.
    func expectImportance(
      _ score: String, _ metric: (any Metric)?, _ loss: any Loss
    ) throws {
      let found = try PermutationImportance.measure(
        model, on: dataset, metric: metric, losses: [LossTerm(loss)], permutations: permutations)
      func expected(_ suffix: String = "") throws -> HostTensor {
        try example.expected("importance.\(score)\(suffix)", .float64)
      }
      expectClose(
        found.features.flatMap(\.importances), try expected().doubles,
        ImportanceReferenceTests.tolerance, score)
      expectClose(
        found.features.map(\.mean), try expected(".mean").doubles,
        ImportanceReferenceTests.tolerance, score)
      expectClose(
        found.features.map(\.deviation), try expected(".std").doubles,
        ImportanceReferenceTests.tolerance, score)
      // The network does not use the last feature.
      #expect(found.features[3].importances.allSatisfy { $0 == 0 })
    }
  }

  @Test func importanceOfARegression() throws {
    let own = try Case("regression")
    try own.expectImportance("neg_mean_squared_error", nil, MeanSquaredError())
    try own.expectImportance(
      "neg_mean_absolute_error", MeanAbsoluteError(), MeanSquaredError())
    try own.expectImportance("r2", R2(), MeanSquaredError())
  }

  @Test func importanceOfAClassification() throws {
    try Case("classes").expectImportance("accuracy", Accuracy(), CrossEntropy())
  }

  @Test(arguments: ["regression", "classes"]) func dependence(name: String) throws {
    let own = try Case(name)
    let resolution = try #require(own.example.options["resolution"]?.integer)
    for feature in 0..<3 {
      let found = try PartialDependence.measure(
        own.model, on: own.dataset, feature: "\(feature)", resolution: resolution)
      let grid = try own.example.expected("grid.\(feature)", .float64)
      expectClose(found.grid, grid.doubles, Self.tolerance)
      expectClose(
        found.averages, try own.example.expected("average.\(feature)", .float64), Self.tolerance)
      #expect(found.areProbabilities == (name == "classes"))
      // The last of them has few values, which are the grid.
      #expect((found.grid.count < resolution) == (feature == 2))
    }
  }
}
