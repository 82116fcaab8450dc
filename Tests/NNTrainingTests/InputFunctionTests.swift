import Foundation
import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct InputFunctionTests {
  /// Images [N, 2, 5, 4] of three classes, normalised per channel.
  private func makeTrainer(_ dtype: DType = .float64) throws -> Trainer {
    let data = try Dataset(
      name: "images", inputs: .random([12, 2, 5, 4], seed: 4, in: 0...3),
      targets: .labels([12], classes: 3, dtype: .int32))
    let trainer = try Trainer(
      model: Model {
        Conv2D(3, kernelSize: 3)
        BatchNorm2D()
        Tanh()
        Flatten()
        Dropout(0.5)
        Dense(3)
      }, loss: CrossEntropy(weight: [1, 2, 0.5]), optimizer: Adam(), data: data, batchSize: 6,
      settings: TrainingSettings(dtype: dtype, normalization: .standard))
    _ = try trainer.epoch()
    return trainer
  }

  private let rows = HostTensor.random([3, 2, 5, 4], seed: 9, in: 0...3)

  @Test func outputsAreThoseOfThePredictor() throws {
    // In Float32, too, the graph normalises to the same bits as batches do.
    for dtype in [DType.float32, .float64] {
      let trainer = try makeTrainer(dtype)
      let expected = try Predictor(trainer.trainedModel()).predict(rows)
      let raw = rows.converted(to: dtype)
      let result = try InputFunction(of: .output(), in: trainer)(raw, choices: [0, 2, 1])
      expectClose(result.outputs.values, expected)
      let numbers = expected.doubles
      expectClose(
        result.scores,
        HostTensor(doubles: [numbers[0], numbers[5], numbers[7]], shape: [3], dtype: dtype))
    }
  }

  @Test func theGraphNormalisesToTheBitsOfBatches() throws {
    let data = try Dataset(
      name: "rows", inputs: .random([40, 3, 2, 2], dtype: .float32, seed: 2, in: -7...9),
      targets: HostTensor(zeros: [40], dtype: .int32))
    let normalization = try Normalization.fit(.standard, on: data)
    let batch = try #require(
      try BatchLoader(dataset: data, batchSize: 40, normalization: normalization).next())
    let graph = Graph()
    let raw = graph.input("x", TensorType([40, 3, 2, 2], .float32))
    let function = try Function(graph, outputs: ["y": raw.normalized(by: normalization)])
    expectIdentical(try #require(try function(["x": data.inputs])["y"]), batch.inputs)
  }

  @Test func gradientsAreThoseOfDifferences() throws {
    let model = try makeTrainer().trainedModel()
    let choices = [0, 2, 1]
    let function = try InputFunction(of: .output(), in: model)
    let result = try function(rows, choices: choices)
    let expected = try numericalGradient(at: rows) { moved in
      try function(moved, choices: choices).scores.doubles.reduce(0, +)
    }
    expectClose(result.gradients, expected, .init(relative: 1e-6, absolute: 1e-8))
  }

  @Test func lossesAreThoseOfExamplesAlone() throws {
    let model = try makeTrainer().trainedModel()
    let terms = [
      LossTerm(CrossEntropy(weight: [1, 2, 0.5])), LossTerm(CrossEntropy(), weight: 0.3),
    ]
    let function = try InputFunction(of: .loss(terms), in: model)
    let labels = HostTensor([2, 0, 1] as [Int32])
    let result = try function(Ports(rows), targets: Ports(labels))
    for row in 0..<3 {
      let alone = try Dataset(
        name: "one", inputs: rows.rows(row..<row + 1), targets: labels.rows(row..<row + 1))
      let loss = try Evaluation.run(model: model, dataset: alone, losses: terms).loss
      expectClose([result.scores.doubles[row]], [loss])
    }
    let expected = try numericalGradient(at: rows) { moved in
      try function(Ports(moved), targets: Ports(labels)).scores.doubles.reduce(0, +)
    }
    expectClose(result.gradients, expected, .init(relative: 1e-6, absolute: 1e-8))
  }

  /// Of a label for each step, those with the ignored label do not count.
  @Test func lossesOfStepsAreTheMeanOfTheirSequence() throws {
    let labels = HostTensor([0, 1, -100, 1, 1, 0, 0, -100] as [Int32], shape: [2, 4])
    let data = try Dataset(
      name: "series", source: Ports(HostTensor.normal([2, 4, 3])), targets: labels,
      ignoredLabel: -100)
    let trainer = try Trainer(
      model: Model {
        LSTM(5)
        Dense(2)
      }, loss: CrossEntropy(), optimizer: Adam(), data: data, batchSize: 2,
      settings: TrainingSettings(dtype: .float64))
    let function = try InputFunction(of: .loss([LossTerm(CrossEntropy())]), in: trainer)
    let result = try function(data.namedInputs, targets: Ports(labels))
    let outputs = result.outputs.values.doubles
    for row in 0..<2 {
      let counted = (0..<4).filter { labels.scalars(as: Int32.self)[row * 4 + $0] >= 0 }
      let sum = counted.reduce(0.0) { sum, step in
        let scores = Array(outputs[(row * 4 + step) * 2..<(row * 4 + step) * 2 + 2])
        let label = Int(labels.scalars(as: Int32.self)[row * 4 + step])
        return sum + logSumExp(scores) - scores[label]
      }
      expectClose([result.scores.doubles[row]], [sum / 3])
    }
    #expect(result.gradients.shape == [2, 4, 3])
  }

  private func logSumExp(_ numbers: [Double]) -> Double {
    let most = numbers.max() ?? 0
    return most + log(numbers.reduce(0) { $0 + exp($1 - most) })
  }

  @Test func bytesAreScaledLikeImages() throws {
    let trainer = try makeTrainer()
    let bytes = HostTensor((0..<40).map { UInt8($0 * 6) }, shape: [1, 2, 5, 4])
    let numbers = HostTensor(bytes.doubles.map { $0 / 255 }, shape: bytes.shape)
    let function = try InputFunction(of: .output(), in: trainer)
    expectClose(
      try function(bytes, choices: [1]).gradients, try function(numbers, choices: [1]).gradients)
  }

  /// A graph in which an input takes the place of an embedding's output is differentiable with
  /// respect to embedded tokens.
  @Test func outputsOfLayersCanBeReplaced() throws {
    let model = Model {
      Embedding(3)
      Flatten()
      Dense(2)
    }
    let signature = InputSignature(
      Ports(TensorType([4], .int32)), vocabulary: VocabularySizes(input: 5), dtype: .float64)
    let layout = try model.layout(signature)
    let variables = VariableStore()
    variables.merge(try layout.initialVariables(seed: 1))
    let source = NetworkSource(
      model: model, layout: layout, signature: signature, normalization: .identity,
      variables: variables)
    let graph = Graph()
    let tokens = graph.input("tokens", TensorType([1, 4], .int32))
    let embedded = graph.input("embedded", TensorType([1, 4, 3], .float64))
    let own = RawNetwork(source, raw: Ports(tokens)).network
    let other = RawNetwork(source, raw: Ports(tokens)) {
      $0.layer is Embedding ? embedded : nil
    }.network
    let score = other.value.sum()
    let function = try Function(
      graph,
      outputs: [
        "own": own.value, "other": other.value, "embedded": own.layerOutputs[0].value,
        "gradient": graph.gradients(of: score, withRespectTo: [embedded])[0],
      ], variables: variables)
    let ids = HostTensor([3, 0, 4, 1] as [Int32], shape: [1, 4])
    var results = try function([
      "tokens": ids, "embedded": HostTensor(zeros: [1, 4, 3], dtype: .float64),
    ])
    let zero = try #require(results["other"])
    results = try function(["embedded": try #require(results["embedded"])])
    expectClose(try #require(results["other"]), try #require(results["own"]))
    // The network is linear in the embedded tokens.
    let gradient = try #require(results["gradient"]).doubles
    let values = try #require(results["embedded"]).doubles
    let product = zip(gradient, values).map { $0 * $1 }.reduce(0, +)
    let ownSum = try #require(results["own"]).doubles.reduce(0, +)
    let change: Double = ownSum - zero.doubles.reduce(0, +)
    expectClose([product], [change])
  }

  @Test func wrongCallsAreRefused() throws {
    let trainer = try makeTrainer()
    let output = try InputFunction(of: .output(), in: trainer)
    expectError("there is no output 3", "0 to 2") { _ = try output(rows, choices: [0, 3, 1]) }
    expectError("[N, 2, 5, 4]") {
      _ = try output(.normal([3, 2, 5, 5]), choices: [0, 0, 0])
    }
    expectError("pass choices") {
      _ = try output(Ports(rows), targets: Ports(HostTensor([0, 0, 0] as [Int32])))
    }
    let loss = try InputFunction(of: .loss([LossTerm(CrossEntropy())]), in: trainer)
    expectError("pass targets") { _ = try loss(rows, choices: [0, 0, 0]) }
    let whole = CustomLoss("spread", target: .numbers) { output, target in
      (output - target).square().max()
    }
    let other = try InputFunction(of: .loss([LossTerm(whole)]), in: trainer)
    expectError("`spread`", "ReducedLoss") {
      _ = try other(Ports(rows), targets: Ports(HostTensor.normal([3, 3])))
    }
    expectError("no output `side`") {
      _ = try InputFunction(of: .output(name: "side"), in: trainer)(rows, choices: [0, 0, 0])
    }
  }
}
