import NeuralNet

let data = try DataGenerator(.spirals, samples: 300, noise: 0.02, classes: 2, seed: 1).make()
  .withNumericTargets()
let (train, test) = try data.split(fraction: 0.3, seed: 1)

let model = Model {
  Dense(8)
  Tanh()
  Dense(8)
  Tanh()
  Dense(1)
}
let trainer = try Trainer(
  model: model, loss: BinaryCrossEntropyWithLogits(),
  optimizer: Adam(learningRate: 0.03, weightDecay: 0.0),
  data: train, batchSize: 16, seed: 1,
  settings: TrainingSettings(
    normalization: .given(mean: [0.0, 0.0], standardDeviation: [0.4, 0.4])))

for epoch in 1...100 {
  let loss = try trainer.epoch().trainLoss
  let result = try trainer.evaluate(on: test, metrics: [Accuracy(threshold: 0)])
  print(
    "epoch \(epoch): loss \(loss), test loss \(result.loss),",
    "accuracy \(result.metrics[0].value)")
}
