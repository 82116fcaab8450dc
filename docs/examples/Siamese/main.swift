import NeuralNet

// Points of three arms of a spiral. A tower maps them so that points of one arm are near each other
// and points of different arms are apart: it sees an anchor, a point of its arm and one of another.
func point(_ index: Int, arm: Int) -> [Float] {
  let radius = Float(index % 97) / 97
  let angle = 4 * radius + Float(arm) * 2.0944
  // cos and sin of the angle by four terms of rotation, without a mathematics library.
  var (x, y): (Float, Float) = (radius, 0)
  for _ in 0..<64 { (x, y) = (x - y * angle / 64, y + x * angle / 64) }
  return [x, y]
}
let count = 600
var (anchors, positives, negatives): ([Float], [Float], [Float]) = ([], [], [])
for example in 0..<count {
  let arm = example % 3
  anchors += point(example * 13, arm: arm)
  positives += point(example * 29 + 5, arm: arm)
  negatives += point(example * 41 + 11, arm: (arm + 1 + example / 3 % 2) % 3)
}
let data = try Dataset(
  name: "triplets",
  source: [
    "anchor": HostTensor(anchors, shape: [count, 2]),
    "positive": HostTensor(positives, shape: [count, 2]),
    "negative": HostTensor(negatives, shape: [count, 2]),
  ], targets: HostTensor([Float](repeating: 0, count: count), shape: [count, 1]))

let model = Model { _, scope in
  let tower = Sequential {
    Dense(64)
    ReLU()
    Dense(64)
    ReLU()
    Dense(4)
  }
  // The first use declares the parameters, the others share them.
  return [
    "anchor": scope.apply(tower, to: scope.input("anchor"), named: "tower"),
    "positive": scope.apply(
      tower, to: [scope.input("positive")], named: "again", sharing: "tower"),
    "negative": scope.apply(
      tower, to: [scope.input("negative")], named: "other", sharing: "tower"),
  ]
}
let (train, test) = try data.split(fraction: 0.25, seed: 1)
let trainer = try Trainer(
  model: model, losses: [LossTerm(TripletMargin())], optimizer: Adam(learningRate: 0.005),
  data: train, batchSize: 50)
print("loss before", try trainer.evaluate(on: test).loss)
for _ in 1...80 { try trainer.epoch() }
print("loss after", try trainer.evaluate(on: test).loss)
