import NeuralNet

/// Scales each feature by the mean magnitude that it has had in training so far, a running statistic
/// that is saved with the weights: y = x / mean |x|.
struct RunningScale: Layer {
  var description: String { "RunningScale" }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 2 else { return scope.reject(input, expected: "[N, features]") }
    let magnitude = scope.buffer("magnitude", [input.shape[1]], initial: 0)
    let batches = scope.buffer("batches", [], initial: 0)
    guard scope.mode == .training else { return input / (magnitude + 1e-12) }
    // The mean over all batches, this one included.
    let newBatches = batches + 1
    let newMagnitude = magnitude + (input.abs().mean(axes: [0]) - magnitude) / newBatches
    scope.update(batches, with: newBatches)
    scope.update(magnitude, with: newMagnitude)
    return input / (newMagnitude + 1e-12)
  }
}

// The class depends on features of 10,000 and of 0.001 alike.
let (count, random) = (600, Philox(seed: 1))
let features = (0..<count).flatMap {
  [1e4 * random.normal(2 * $0), 1e-3 * random.normal(2 * $0 + 1)]
}
let labels = (0..<count).map { Int32((features[2 * $0] > 0) == (features[2 * $0 + 1] > 0) ? 1 : 0) }
let data = try Dataset(
  name: "scales", inputs: HostTensor(doubles: features, shape: [count, 2], dtype: .float32),
  targets: HostTensor(labels))
let (train, test) = try data.split(fraction: 0.25, seed: 1)
let model = Model {
  RunningScale()
  Dense(16)
  Tanh()
  Dense(2)
}
let trainer = try Trainer(
  model: model, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.02), data: train,
  batchSize: 50, seed: 1)
for _ in 1...40 { try trainer.epoch() }
print("accuracy", try trainer.evaluate(on: test, metrics: [Accuracy()]).metrics[0].value)
for (name, tensor) in try trainer.weights() where name.hasPrefix("0.") {
  print(name, tensor.doubles)
}
