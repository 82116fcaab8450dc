import NeuralNet

/// A callback: ends a training whose validation loss no longer falls.
struct EarlyStopping {
  let patience: Int
  var best = Double.infinity
  var epochsWithout = 0

  /// Whether to go on after an epoch.
  mutating func goesOn(after epoch: TrainingEvent.Epoch) -> Bool {
    let loss = epoch.validationLoss ?? epoch.trainLoss
    epochsWithout = loss < best ? 0 : epochsWithout + 1
    best = min(best, loss)
    return epochsWithout < patience
  }
}

let data = try DataGenerator(.moons, samples: 200, noise: 0.25, seed: 1).make()
let (train, test) = try data.split(fraction: 0.5, seed: 1)
let model = Model {
  Dense(64)
  ReLU()
  Dense(2)
}
func trainer() throws -> Trainer {
  try Trainer(
    model: model, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.03), data: train,
    batchSize: 20)
}

// In one task, as a callback of the trainer.
let first = try trainer()
var stopping = EarlyStopping(patience: 5)
try first.train(epochs: 1000, validation: test, metrics: [Accuracy()]) { event in
  if case .epoch(let epoch) = event, !stopping.goesOn(after: epoch) { first.stop() }
}
print("stopped after", first.progress.epoch, "epochs, best loss", stopping.best)

// On a thread of its own, with progress as an asynchronous sequence.
let training = try TrainingTask(trainer(), epochs: 1000, validation: test, metrics: [Accuracy()])
stopping = EarlyStopping(patience: 5)
for await case .epoch(let epoch) in training.events where !stopping.goesOn(after: epoch) {
  print("cancelled after", epoch.epoch, "epochs")
  training.cancel()
  break
}
let trained = try await training.model
try trained.save(to: CommandLine.arguments[1])

let predictor = try Predictor(TrainedModel(contentsOf: CommandLine.arguments[1], model: model))
let classes = try predictor.classes(of: predictor.predict(test.inputs)) ?? []
let labels = test.targets.scalars(as: Int32.self)
let right = zip(classes, labels).count { $0 == Int($1) }
print(right, "of", labels.count, "right")
