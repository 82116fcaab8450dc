import NeuralNet

// sin(x) learnt by L-BFGS in float64, next to the losses that PyTorch computes from the same start.
let file = try SafeTensorsFile(contentsOf: CommandLine.arguments[1])
func tensor(_ name: String) throws -> HostTensor {
  guard let tensor = file[name] else { throw NNError.invalid("there is no `\(name)`") }
  return tensor
}

let data = try Dataset(name: "sine", inputs: tensor("x"), targets: tensor("y"))
let model = Model {
  Dense(16)
  Tanh()
  Dense(1)
}
// L-BFGS compares gradients of consecutive steps, so every step has all examples.
let trainer = try Trainer(
  model: model, loss: MeanSquaredError(),
  optimizer: LBFGS(maxIterations: 4, lineSearch: .strongWolfe), data: data, batchSize: data.count,
  settings: TrainingSettings(dtype: .float64, shuffle: false))
try trainer.load(file.tensors, strict: false)

var largest = 0.0
for expected in try tensor("losses").doubles {
  let loss = try trainer.epoch().trainLoss
  largest = max(largest, abs(loss - expected) / expected)
  print("loss \(loss), PyTorch \(expected)")
}
print("largest relative difference", largest)
