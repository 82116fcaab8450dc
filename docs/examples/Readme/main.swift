import NeuralNet

let train = try DataSource.named("fashion-mnist").load()
let test = try DataSource.named("fashion-mnist-test").load()
let model = Model {
  Flatten()
  Dense(128)
  ReLU()
  Dense(10)
}
let trainer = try Trainer(
  model: model, loss: CrossEntropy(), optimizer: Adam(), data: train, batchSize: 64, seed: 1)
for _ in 1...3 { print(try trainer.epoch().trainLoss) }
print(try trainer.evaluate(on: test, metrics: [Accuracy()]).metrics[0].value)
