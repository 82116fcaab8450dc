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

@Suite struct PermutationImportanceTests {
  private static let weights = [2.0, -3, 0]
  private static let table = [
    [1.0, 0, 7], [2, 1, -4], [4, 0, 2], [-1, 2, 3],
  ]

  /// y = 2 x₀ − 3 x₁ + 0 x₂, with the targets that the network predicts exactly.
  private static func model() throws -> TrainedModel {
    try LinearModel.of([weights])
  }

  private static func dataset(
    _ rows: [[Double]] = table, names: [String]? = ["a", "b", "c"]
  ) throws -> Dataset {
    let targets = rows.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
    return try Dataset(
      name: "rows", inputs: HostTensor(rows.flatMap(\.self), shape: [rows.count, 3]),
      targets: HostTensor(targets, shape: [rows.count, 1]), featureNames: names)
  }

  /// The mean squared error after a shuffle is the mean of (w (x′ − x))², and the baseline is 0.
  @Test func linearModelsHaveAClosedForm() throws {
    let permutations = [[1, 0, 3, 2], [2, 3, 1, 0]]
    let found = try PermutationImportance.measure(
      Self.model(), on: Self.dataset(), metric: nil, losses: [LossTerm(MeanSquaredError())],
      permutations: permutations)
    #expect(found.score == "loss" && !found.isHigherBetter && found.baseline == 0)
    #expect(found.count == 4 && found.data == "rows")
    #expect(found.features.map(\.name) == ["a", "b", "c"])
    // Column a is 1, 2, 4, −1: differences 1, 1, 5, 5, so 4 (1 + 1 + 25 + 25) / 4; then 3, 3, 2, 2.
    #expect(found.features[0].importances == [52, 26])
    #expect(found.features[0].mean == 39 && found.features[0].deviation == 13)
    // Column b is 0, 1, 0, 2: differences 1, 1, 2, 2; then 0, 1, 1, 2.
    #expect(found.features[1].importances == [22.5, 13.5])
    #expect(found.features[1].mean == 18 && found.features[1].deviation == 4.5)
    // The network does not use column c.
    #expect(found.features[2].importances == [0, 0] && found.features[2].deviation == 0)
    #expect(found.ranked.map(\.name) == ["a", "b", "c"])
  }

  /// Of a metric that is better when greater, the importance is its fall.
  @Test func importanceIsTheFallOfTheScore() throws {
    let permutations = [[1, 0, 3, 2]]
    let found = try PermutationImportance.measure(
      Self.model(), on: Self.dataset(), metric: R2(), losses: [LossTerm(MeanSquaredError())],
      permutations: permutations)
    #expect(found.score == "r2" && found.isHigherBetter && found.baseline == 1)
    // Targets 2, 1, 8, −8 with mean ¾ and Σ(t − t̄)² = 130.75.
    expectClose(
      found.features.map(\.mean), [4 * 52 / 130.75, 4 * 22.5 / 130.75, 0],
      .init(absolute: 1e-14))
  }

  @Test func shufflesDependOnTheSeedAlone() throws {
    let rows = (0..<60).map { (row: Int) -> [Double] in
      [row, row * row % 13, row % 5].map { Double($0) }
    }
    func measure(_ seed: UInt64) throws -> [[Double]] {
      var names: [String] = []
      let found = try PermutationImportance.measure(
        Self.model(), on: Self.dataset(rows), losses: [LossTerm(MeanSquaredError())], repeats: 4,
        seed: seed
      ) { names.append($0) }
      #expect(names == ["a", "b", "c"])
      return found.features.map(\.importances)
    }
    let first = try measure(7)
    #expect(try measure(7) == first)
    #expect(try measure(8) != first)
    #expect(first.allSatisfy { $0.count == 4 } && first[0].allSatisfy { $0 > 0 })
    // Each shuffle is another permutation.
    #expect(Set(first[0]).count == 4)
    #expect(first[2] == [0, 0, 0, 0])
  }

  /// Channels of images and columns of series are exchanged as a whole, each input for itself.
  @Test func featuresAreChannels() throws {
    let images = HostTensor((0..<24).map { Double($0) }, shape: [3, 2, 2, 2])
    let series = HostTensor((0..<18).map { Double($0) }, shape: [3, 3, 2])
    let places = HostTensor([5, 6, 7] as [Int32])
    let data = try Dataset(
      name: "several", source: ["image": images, "series": series, "place": places],
      targets: HostTensor([0, 1, 1] as [Int32]))
    #expect(
      data.features.map(\.name) == ["image[0]", "image[1]", "series[0]", "series[1]", "place"])
    let order = [2, 0, 1]
    for feature in data.features {
      let shuffled = try data.permuting(feature, by: order).namedInputs
      for (name, tensor) in [("image", images), ("series", series), ("place", places)] {
        let width = tensor.elementCount / 3
        let (old, new) = (tensor.doubles, try #require(shuffled[name]).doubles)
        for row in 0..<3 {
          for index in 0..<width {
            let channel = name == "image" ? index / 4 : name == "series" ? index % 2 : 0
            let source = feature.input == name && feature.channel == channel ? order[row] : row
            #expect(new[row * width + index] == old[source * width + index])
          }
        }
      }
    }
    // Subsets name and shuffle their own rows.
    let part = data.selecting([2, 1])
    let swapped = try part.permuting(part.features[4], by: [1, 0])
    #expect(swapped.namedInputs["place"]?.scalars(as: Int32.self) == [6, 7])
    #expect(swapped.targets.scalars(as: Int32.self) == [1, 1])
  }

  @Test func featuresWithoutNamesAreNumbered() throws {
    #expect(try Self.dataset(names: nil).features.map(\.name) == ["0", "1", "2"])
  }

  @Test func refusesWhatHasNoFeatures() throws {
    let model = try Self.model()
    expectError("the number of repeats is 0") {
      _ = try PermutationImportance.measure(
        model, on: Self.dataset(), losses: [LossTerm(MeanSquaredError())], repeats: 0)
    }
    expectError("at least two examples") {
      _ = try PermutationImportance.measure(
        model, on: Self.dataset([[1, 2, 3]]), losses: [LossTerm(MeanSquaredError())])
    }
    expectError("trained by a program, without a config") {
      _ = try PermutationImportance.measure(model, on: Self.dataset())
    }
    let tokens = try Dataset(
      name: "texts", source: Ports(HostTensor([1, 2, 0, 1] as [Int32], shape: [2, 2])),
      targets: HostTensor([0, 1] as [Int32]), vocabulary: VocabularySizes(input: 3))
    expectError("tokens of texts have no features", "integrated_gradients") {
      _ = try PermutationImportance.measure(
        model, on: tokens, losses: [LossTerm(MeanSquaredError())])
    }
    let series = try Dataset(
      name: "series",
      source: Ports(HostTensor.normal([2, 3, 1]), lengths: HostTensor([3, 2] as [Int32])),
      targets: HostTensor([0, 1] as [Int32]))
    expectError("these series have several lengths") {
      _ = try PermutationImportance.measure(
        model, on: series, losses: [LossTerm(MeanSquaredError())])
    }
    // R² of constant targets is −∞ unless they are predicted exactly.
    let constant = try Dataset(
      name: "constant", inputs: HostTensor([1.0, 0, 0, 2, 0, 3], shape: [2, 3]),
      targets: HostTensor([5.0, 5], shape: [2, 1]))
    expectError("`r2` is -inf", "so its fall cannot be measured", "choose another metric") {
      _ = try PermutationImportance.measure(
        model, on: constant, metric: R2(), losses: [LossTerm(MeanSquaredError())])
    }
  }
}
