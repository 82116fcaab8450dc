import NeuralNet

// An image shows a horizontal or a vertical bar. One network finds its direction, a class, and how
// bright it is, a number: one trunk, two heads, a loss and a metric for each.
let (count, side, random) = (400, 8, Philox(seed: 1))
var (pixels, directions, brightness): ([Float], [Int32], [Float]) = ([], [], [])
for example in 0..<count {
  let (isVertical, place) = (random.integer(3 * example, below: 2) == 1, 1 + example % (side - 2))
  brightness.append(Float(0.5 + random.preciseUniform(3 * example + 1)))
  directions.append(isVertical ? 1 : 0)
  for pixel in 0..<side * side {
    let isBar = (isVertical ? pixel % side : pixel / side) == place
    let noise = Float(0.2 * random.uniform(10_000 + example * side * side + pixel))
    pixels.append(noise + (isBar ? brightness[example] : 0))
  }
}
let data = try Dataset(
  name: "bars", source: ["image": HostTensor(pixels, shape: [count, 1, side, side])],
  namedTargets: [
    "direction": HostTensor(directions),
    "brightness": HostTensor(brightness, shape: [count, 1]),
  ])

let model = Model { inputs, scope in
  let layers = Sequential {
    Conv2D(8, kernelSize: 3)
    ReLU()
    GlobalAvgPool2D()
    Flatten()
    Dense(32)
    ReLU()
  }
  let trunk = scope.apply(layers, to: scope.input("image"), named: "trunk")
  return [
    "direction": scope.apply(Dense(2), to: trunk, named: "direction"),
    "brightness": scope.apply(Dense(1), to: trunk, named: "brightness"),
  ]
}
let losses = [
  LossTerm(CrossEntropy(), output: "direction", target: "direction"),
  LossTerm(MeanSquaredError(), output: "brightness", target: "brightness", weight: 5),
]
let metrics: [any Metric] = [
  TensorMetric(Accuracy(), output: "direction", target: "direction"),
  TensorMetric(MeanAbsoluteError(), output: "brightness", target: "brightness"),
]
let (train, test) = try data.split(fraction: 0.25, seed: 1)
let trainer = try Trainer(
  model: model, losses: losses, optimizer: Adam(learningRate: 0.01), data: train, batchSize: 30,
  seed: 1)
try trainer.train(epochs: 100)
let result = try trainer.evaluate(on: test, metrics: metrics)
print("losses", result.losses)
for metric in result.metrics { print(metric.name, metric.value) }
