import NeuralNet

// A stripe is vertical or horizontal, and a table states whether to answer the other way round: the
// class depends on both inputs.
let (count, side) = (400, 8)
var (pixels, table, labels): ([Float], [Float], [Int32]) = ([], [], [])
for example in 0..<count {
  let (isVertical, isReversed) = (example % 2 == 0, example / 2 % 2 == 0)
  let place = 1 + example / 4 % (side - 2)
  for row in 0..<side {
    for column in 0..<side {
      let noise = Float((example * 31 + row * 17 + column * 7) % 10) / 20
      pixels.append(noise + ((isVertical ? column : row) == place ? 1 : 0))
    }
  }
  table += [isReversed ? 1 : -1, Float(example % 7) / 7]
  labels.append(isVertical != isReversed ? 1 : 0)
}
let data = try Dataset(
  name: "stripes",
  source: [
    "image": HostTensor(pixels, shape: [count, 1, side, side]),
    "table": HostTensor(table, shape: [count, 2]),
  ], targets: HostTensor(labels))

let model = Model { inputs, scope in
  let tower = Sequential {
    Conv2D(8, kernelSize: 3)
    ReLU()
    GlobalAvgPool2D()
    Flatten()
  }
  let image = scope.apply(tower, to: scope.input("image"), named: "tower")
  let joined = scope.apply(Concat(), to: [image, scope.input("table")], named: "joined")
  let head = Sequential {
    Dense(32)
    ReLU()
    Dense(2)
  }
  return ["class": scope.apply(head, to: joined, named: "head")]
}
let (train, test) = try data.split(fraction: 0.25, seed: 1)
let trainer = try Trainer(
  model: model, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.01), data: train,
  batchSize: 30)
for _ in 1...60 { try trainer.epoch() }
print("accuracy", try trainer.evaluate(on: test, metrics: [Accuracy()]).metrics[0].value)
