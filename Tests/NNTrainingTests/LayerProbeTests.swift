import Foundation
import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct LayerProbeTests {
  private let rows = HostTensor.normal([7, 2], seed: 3)

  private func makeTrainer(_ dtype: DType = .float64) throws -> Trainer {
    try Trainer(
      model: Model {
        Dense(3)
        Tanh()
        Dropout(0.5)
        Dense(2)
      }, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.1),
      data: DataGenerator(.moons, samples: 40, noise: 0.1).make(), batchSize: 8,
      settings: TrainingSettings(dtype: dtype, normalization: .standard))
  }

  /// tanh(W x + b) and so on, in Double, with the trainer's present weights.
  private func expected(_ trainer: Trainer) throws -> [[Double]] {
    let weights = Dictionary(
      uniqueKeysWithValues: try trainer.weights().map { ($0.name, $0.tensor.doubles) })
    func dense(_ input: [[Double]], _ path: String) throws -> [[Double]] {
      let (weight, bias) = (
        try #require(weights["\(path).weight"]), try #require(weights["\(path).bias"])
      )
      return input.map { row -> [Double] in
        bias.indices.map { unit -> Double in
          let own = weight[unit * row.count..<(unit + 1) * row.count]
          return zip(own, row).map { $0 * $1 }.reduce(bias[unit], +)
        }
      }
    }
    let numbers = rows.doubles
    let (offsets, divisors) = (trainer.normalization.offsets, trainer.normalization.divisors)
    let scaled = (0..<7).map { row -> [Double] in
      (0..<2).map { column -> Double in
        (numbers[row * 2 + column] - offsets[column]) / divisors[column]
      }
    }
    let first = try dense(scaled, "0")
    let hidden = first.map { $0.map(tanh) }
    let last = try dense(hidden, "3")
    return [first, hidden, hidden, last, last].map { $0.flatMap(\.self) }
  }

  @Test(arguments: [DType.float32, .float64])
  func everyLayerIsThatOfTheFormula(dtype: DType) throws {
    let trainer = try makeTrainer(dtype)
    let probe = try LayerProbe(trainer, rows: rows)
    #expect(probe.layers.map(\.path) == ["0", "1", "2", "3", ""])
    #expect(probe.layers[0].name == "Dense 3")
    var earlier: [Double] = []
    // The probe follows the weights, which only the trainer changes.
    for _ in 0..<3 {
      let outputs = probe.read()
      for (output, numbers) in zip(outputs, try expected(trainer)) {
        #expect(output.dtype == dtype)
        expectClose(
          output, HostTensor(numbers, shape: [7, numbers.count / 7]).converted(to: dtype))
      }
      expectIdentical(probe.readOutput(), outputs[4])
      #expect(outputs[4].doubles != earlier)
      earlier = outputs[4].doubles
      try trainer.epoch()
    }
  }

  @Test func probingDoesNotAffectTraining() throws {
    let (probed, alone) = (try makeTrainer(), try makeTrainer())
    let probe = try LayerProbe(probed, rows: rows)
    for _ in 0..<3 {
      _ = probe.read()
      _ = try probed.step()
      _ = try alone.step()
    }
    for (left, right) in zip(try probed.weights(), try alone.weights()) {
      expectIdentical(left.tensor, right.tensor)
    }
  }

  @Test func outputsOfATrainedModelAreItsPredictions() throws {
    let temporary = try TemporaryFolder()
    try train(convolutionalConfig, in: temporary.path("run"))
    let model = try TrainedModel(folder: RunFolder(temporary.path("run")))
    let probe = try LayerProbe(model, rows: rows)
    expectIdentical(probe.readOutput(), try Predictor(model).predict(rows))
    let inner = try #require(probe.layers.firstIndex { $0.path == "6.0" })
    #expect(probe.read()[inner].shape == [7, 5, 3, 3])
  }

  @Test(arguments: [[7, 3], [0, 2], [2]] as [Shape])
  func otherShapesAreRejected(shape: Shape) throws {
    expectError("[N, 2]", "\(shape)") {
      _ = try LayerProbe(makeTrainer(), rows: HostTensor(zeros: shape))
    }
  }

  @Test func observersThatWantWeightsGetThemAfterEachEpoch() throws {
    let temporary = try TemporaryFolder()
    let (reader, recorder) = (WeightReader(), Recorder())
    try train(demandingConfig, in: temporary.path("run"), observers: [reader, recorder])
    #expect(reader.weights.map(\.epoch) == recorder.epochs.map(\.epoch))
    #expect(reader.weights.map(\.step) == recorder.epochs.map { $0.epoch * 4 })
    let names = ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var"]
    #expect(names.allSatisfy(Set(reader.weights[0].tensors.map(\.name)).contains))
    let best = try #require(recorder.epochs.last { $0.isBest }?.epoch)
    let saved = try TrainedModel(folder: RunFolder(temporary.path("run"))).weights
    #expect(Set(saved.map(\.name)) == Set(reader.weights[best - 1].tensors.map(\.name)))
    for (name, tensor) in saved {
      let read = try #require(reader.weights[best - 1].tensors.first { $0.name == name })
      expectIdentical(read.tensor, tensor)
    }
  }
}

/// Records the weights after each epoch.
private final class WeightReader: TrainingObserver {
  private(set) var weights: [TrainingEvent.Weights] = []
  var wantsWeights: Bool { true }

  func receive(_ event: TrainingEvent) {
    if case .weights(let after) = event { weights.append(after) }
  }
}
