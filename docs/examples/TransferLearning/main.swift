import NeuralNet

// A trunk that PyTorch has trained to find stripes, and a new head on it: whether a stripe is
// horizontal or vertical, from 32 examples.
let (count, side) = (332, 12)
var (pixels, labels): ([Float], [Int32]) = ([], [])
for example in 0..<count {
  let (isVertical, place) = (example % 2 == 0, example / 2 % side)
  for row in 0..<side {
    for column in 0..<side {
      let noise = Float((example * 31 + row * 17 + column * 7 + row * column * 5) % 10) / 20
      pixels.append(noise + ((isVertical ? column : row) == place ? 1 : 0))
    }
  }
  labels.append(isVertical ? 1 : 0)
}
let data = try Dataset(
  name: "stripes", inputs: HostTensor(pixels, shape: [count, 1, side, side]),
  targets: HostTensor(labels))
let (train, test) = (data.selecting(Array(0..<32)), data.selecting(Array(32..<count)))

let trunk = Sequential {
  Conv2D(16, kernelSize: 3, padding: 1)
  ReLU()
  Conv2D(16, kernelSize: 3, padding: 1)
  ReLU()
  MaxPool2D(2)
}
let model = Model {
  trunk.named("trunk")
  Flatten()
  Dense(2).named("head")
}
func trainer(frozen: [ParameterPattern]) throws -> Trainer {
  try Trainer(
    model: model, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.003), data: train,
    batchSize: 32, settings: TrainingSettings(frozen: frozen))
}
let tuned = try trainer(frozen: ["trunk.*"])
let file = try SafeTensorsFile(contentsOf: CommandLine.arguments[1])
for line in try tuned.load(file.tensors, strict: false) { print("not loaded:", line) }
for _ in 1...40 { try tuned.epoch() }
let isUnchanged = try tuned.weights().allSatisfy {
  file[$0.name] == nil || file[$0.name] == $0.tensor
}
print("trunk unchanged:", isUnchanged)
print("accuracy", try tuned.evaluate(on: test, metrics: [Accuracy()]).metrics[0].value)

// Without a gradient of the trunk a step is shorter.
func seconds(_ trainer: Trainer) throws -> Double {
  try (0..<50).map { _ in try trainer.epoch().seconds }.min() ?? 0
}
let (frozen, whole) = try (seconds(tuned), seconds(trainer(frozen: [])))
print("a step with frozen trunk takes \(frozen / whole) of the time")
