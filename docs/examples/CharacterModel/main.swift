import NeuralNet

let (text, steps) = (CommandLine.arguments[1], Int(CommandLine.arguments[2]))
let config = try Config(
  yaml: """
    data: {train: {text: "\(text)", context: 64}}
    model: [embedding: 64, lstm: 256, linear: vocabulary]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.002}}
    """)
let folder = RunFolder("runs/character-model")
_ = try TrainingRun(config: config, folder: folder, overwrites: true, maximumSteps: steps).run()
let generator = try TextGenerator(TrainedModel(folder: folder))
print(try generator.text(after: "the ", count: 200, sampling: Sampling(temperature: 0.8)))
