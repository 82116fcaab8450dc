import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNTestSupport
import NNTraining
import Testing

/// The loss of each example by itself.
@Suite struct ExampleLossTests {
  private static func network(
    _ model: Model, _ example: Ports<TensorType>, vocabulary: VocabularySizes? = nil
  ) throws -> TrainedModel {
    let signature = InputSignature(example, vocabulary: vocabulary, dtype: .float64)
    let layout = try model.layout(signature)
    let initial = try layout.initialize(seed: 3)
    return try TrainedModel(
      model: model, signature: signature,
      weights: layout.entries.map { ($0.name, try #require(initial[$0.name])) })
  }

  /// Each example alone is the oracle: its loss is that of a data set that holds nothing else.
  private static func expectLossesOfSingleExamples(
    _ model: TrainedModel, _ data: Dataset, _ losses: [LossTerm]
  ) throws {
    let found = try model.exampleLosses(on: data, losses: losses)
    #expect(found.count == data.count)
    for row in 0..<data.count {
      let alone = try Evaluation.run(
        model: model, dataset: data.selecting([row]), losses: losses)
      #expect(abs(found[row] - alone.loss) <= 1e-12, "row \(row)")
    }
  }

  @Test func numbersHaveAClosedForm() throws {
    let model = try TrainedModel(
      model: Model(Dense(2)),
      signature: InputSignature(Ports(TensorType([2], .float64)), dtype: .float64),
      weights: [
        ("weight", HostTensor([1.0, 2, 0, -1], shape: [2, 2])), ("bias", HostTensor([0.0, 1])),
      ])
    let data = try Dataset(
      name: "rows", inputs: HostTensor([1.0, 1, 2, 0, 0, 3], shape: [3, 2]),
      targets: HostTensor([3.0, 2, 0, 1, 5, 0], shape: [3, 2]), weights: [1, 5, 0])
    // Outputs (3, 0), (2, 1), (6, −2): weights of examples do not count.
    #expect(
      try model.exampleLosses(on: data, losses: [LossTerm(MeanSquaredError())]) == [2, 2, 2.5])
    let two = [LossTerm(MeanSquaredError(), weight: 0.5), LossTerm(AbsoluteError(), weight: 2)]
    #expect(try model.exampleLosses(on: data, losses: two) == [3, 3, 4.25])
  }

  /// More rows than a batch.
  @Test func classes() throws {
    let model = try Self.network(Model(Dense(3)), Ports(TensorType([4], .float64)))
    let labels = (0..<150).map { Int32($0 % 3) }
    let data = try Dataset(
      name: "rows", inputs: .normal([150, 4], seed: 6), targets: HostTensor(labels))
    try Self.expectLossesOfSingleExamples(model, data, [LossTerm(CrossEntropy())])
  }

  /// Sequences of several lengths stay in the order of the data.
  @Test func sequences() throws {
    let model = try Self.network(
      Model {
        Embedding(4)
        GRU(5)
        Dense(6)
      }, Ports(TensorType([7], .int32), lengths: TensorType([], .int32)),
      vocabulary: VocabularySizes(input: 6))
    let count = 40
    let lengths = (0..<count).map { Int32(1 + $0 * 5 % 7) }
    var targets = (0..<count * 7).map { Int32($0 * 11 % 6) }
    for row in 0..<count {
      for step in Int(lengths[row])..<7 { targets[7 * row + step] = Dataset.ignoredLabel }
    }
    let data = try Dataset(
      name: "texts",
      source: Ports(
        HostTensor((0..<count * 7).map { Int32($0 * 5 % 6) }, shape: [count, 7]),
        lengths: HostTensor(lengths)), targets: HostTensor(targets, shape: [count, 7]),
      vocabulary: VocabularySizes(input: 6))
    try Self.expectLossesOfSingleExamples(model, data, [LossTerm(CrossEntropy())])
  }

  @Test func refusesWhatHasNoLoss() throws {
    let model = try Self.network(Model(Dense(3)), Ports(TensorType([4], .float64)))
    let data = try Dataset(
      name: "rows", inputs: .normal([5, 4]), targets: HostTensor([0, 1, 2, 0, 7] as [Int32]))
    expectError("row 4 (from 0) has label 7") {
      _ = try model.exampleLosses(on: data, losses: [LossTerm(CrossEntropy())])
    }
    expectError("trained by a program, without a config") {
      _ = try model.exampleLosses(on: data)
    }
  }
}
