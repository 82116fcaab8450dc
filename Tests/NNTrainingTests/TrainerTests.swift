import NNCore
import NNData
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct TrainerTests {
  @Test(arguments: [DataGenerator.Kind.moons, .circles])
  func separatesClasses(kind: DataGenerator.Kind) throws {
    let data = try DataGenerator(kind, samples: 200, noise: 0.05).make()
    let fresh = try DataGenerator(kind, samples: 200, noise: 0.05, part: 1).make()
    let model = Model {
      Dense(16)
      ReLU()
      Dense(16)
      ReLU()
      Dense(2)
    }
    let trainer = try Trainer(
      model: model, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.02), data: data,
      batchSize: 20)
    #expect(trainer.stepsPerEpoch == 10)
    #expect(trainer.parameterCount == 2 * 16 + 16 + 16 * 16 + 16 + 16 * 2 + 2)
    for _ in 0..<40 { try trainer.epoch() }
    let result = try trainer.evaluate(on: fresh, metrics: [Accuracy()])
    #expect(result.metrics[0].value >= 0.98)
    #expect(result.loss < 0.1)
  }

  @Test(arguments: [DType.float32, .float64])
  func fitsASine(dtype: DType) throws {
    let data = try DataGenerator(.sine, samples: 64).make()
    let model = Model {
      Dense(16)
      Tanh()
      Dense(1)
    }
    let trainer = try Trainer(
      model: model, loss: MeanSquaredError(), optimizer: Adam(learningRate: 0.02), data: data,
      batchSize: 16, settings: TrainingSettings(dtype: dtype))
    let first = try trainer.epoch()
    for _ in 0..<300 { try trainer.epoch() }
    let last = try trainer.epoch()
    #expect(first.trainLoss > 0.2)
    #expect(last.trainLoss < 0.002)
    #expect(last.epoch == 302)
    #expect(try trainer.evaluate(on: data).loss < 0.002)
  }

  /// y = w·x with one weight: gradient descent on ½(w·x − y)², computed directly.
  @Test func stepsAreThoseOfTheFormula() throws {
    let (inputs, targets) = ([1.0, 2, 3], [2.0, 3, 7])
    let data = try Dataset(
      name: "line", inputs: HostTensor(inputs, shape: [3, 1]),
      targets: HostTensor(targets, shape: [3, 1]))
    let trainer = try Trainer(
      model: Model([Dense(1, bias: false)]), loss: SquaredError(),
      optimizer: SGD(learningRate: 0.1), data: data, batchSize: 1,
      settings: TrainingSettings(dtype: .float64, shuffle: false, logEvery: 1))
    try trainer.load(["0.weight": HostTensor([0.5], shape: [1, 1])])
    var weight = 0.5
    for (index, (x, y)) in zip(inputs, targets).enumerated() {
      let step = try #require(try trainer.step())
      let error = weight * x - y
      #expect(step.step == index + 1)
      #expect(abs(step.loss - error * error / 2) < 1e-14)
      #expect(abs(try #require(step.gradientNorm) - abs(error * x)) < 1e-13)
      weight -= 0.1 * error * x
      expectClose(try trainer.weights()[0].tensor.doubles, [weight])
    }
    #expect(try trainer.step() == nil)
  }

  /// Examples have equal weight in an epoch's loss, though its last batch is smaller.
  @Test func anEpochsLossIsTheMeanOverExamples() throws {
    let data = try DataGenerator(.sine, samples: 7).make()
    let trainer = try Trainer(
      model: Model([Dense(1)]), loss: MeanSquaredError(), optimizer: SGD(learningRate: 0),
      data: data, batchSize: 3, settings: TrainingSettings(dtype: .float64))
    #expect(trainer.stepsPerEpoch == 3)
    let epoch = try trainer.epoch()
    expectClose([epoch.trainLoss], [try trainer.evaluate(on: data).loss])
  }

  @Test func incompatibilitiesAreErrors() throws {
    let moons = try DataGenerator(.moons, samples: 20).make()
    expectError("`mse`", "class labels") {
      _ = try Trainer(
        model: Model([Dense(1)]), loss: MeanSquaredError(), optimizer: Adam(), data: moons,
        batchSize: 5)
    }
    expectError("batch_size 21", "20 examples") {
      _ = try Trainer(
        model: Model([Dense(2)]), loss: CrossEntropy(), optimizer: Adam(), data: moons,
        batchSize: 21)
    }
    let trainer = try Trainer(
      model: Model([Dense(2)]), loss: CrossEntropy(), optimizer: Adam(), data: moons, batchSize: 5)
    expectError("[1]", "[2]", "sine") {
      _ = try trainer.evaluate(on: DataGenerator(.sine).make())
    }
    expectError("`0.bias`", "missing", "`extra`") {
      try trainer.load([
        "0.weight": HostTensor(zeros: [2, 2]), "extra": HostTensor(zeros: [1]),
      ])
    }
  }
}
