import Foundation
import NeuralNet

// A variational autoencoder of small images: an encoder maps an image to a distribution of two
// numbers, a decoder maps numbers drawn from it back. Afterwards the decoder draws new images.
let (count, side, latent, random) = (400, 8, 2, Philox(seed: 1))
let spots = (0..<count).map { image in
  let (x, y) = (1 + 5 * random.uniform(2 * image), 1 + 5 * random.uniform(2 * image + 1))
  return (0..<side * side).map { pixel in
    let (right, down) = (Double(pixel % side) - x, Double(pixel / side) - y)
    return exp(-(right * right + down * down) / 2)
  }
}
let images = HostTensor(
  doubles: spots.flatMap { $0 }, shape: [count, side * side], dtype: .float32)
let data = try Dataset(name: "spots", inputs: images, targets: images)

let decoder = Sequential([Dense(64), ReLU(), Dense(64), ReLU(), Dense(side * side)])
let model = Model { inputs, scope in
  let encoder = Sequential([Dense(64), ReLU()])
  let hidden = scope.apply(encoder, to: inputs.values, named: "encoder")
  let mean = scope.apply(Dense(latent), to: hidden, named: "mean")
  let logVariance = scope.apply(Dense(latent), to: hidden, named: "log_variance")
  var code = mean
  if scope.mode == .training {
    code = mean + (logVariance * 0.5).exp() * scope.randomNormal(mean.shape)
  }
  let image = scope.apply(decoder, to: code, named: "decoder")
  return ["image": image, "mean": mean, "log_variance": logVariance]
}
// The loss of a pixel is a mean; times the number of pixels it is that of an image.
let reconstruction = LossTerm(BinaryCrossEntropyWithLogits(), weight: Double(side * side))
let trainer = try Trainer(
  model: model, losses: [reconstruction, LossTerm(GaussianKL())],
  optimizer: Adam(learningRate: 0.003), data: data, batchSize: 50, seed: 1)
for epoch in 1...150 {
  let losses = try trainer.epoch().trainLosses
  if epoch % 50 == 0 { print("epoch \(epoch): losses \(losses)") }
}

// The decoder as a network of its own, with the weights of the layer of the same name.
let sampler = Model { inputs, scope in
  ["image": scope.apply(decoder, to: inputs.values, named: "decoder").sigmoid()]
}
let codes = InputSignature(["codes": TensorType([latent], .float32)], dtype: .float32)
let trained = try TrainedModel(model: sampler, signature: codes, weights: trainer.weights())
let normal = HostTensor((0..<200 * latent).map { Float(random.normal(2 * count + $0)) })
let drawn = try Predictor(trained).predict(normal.reshaped(to: [200, latent])).doubles
let results = (0..<200).map { index in
  let image = Array(drawn[index * side * side..<(index + 1) * side * side])
  let distances = spots.map { zip($0, image).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
  return (distance: distances.min() ?? 0, place: image.firstIndex(of: image.max() ?? 0))
}
print("distance to the nearest image:", results.map(\.distance).reduce(0, +) / 200)
print("places of the brightest pixel:", Set(results.map(\.place)).count)
