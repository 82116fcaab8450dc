import NeuralNet

let (pairs, steps) = (CommandLine.arguments[1], Int(CommandLine.arguments[2]))
let config = try Config(
  yaml: """
    data: {train: {pairs: "\(pairs)", level: word}}
    model: [encoder_decoder: {encoder: [embedding: 64, gru: 128], decoder: [
      embedding: 64, gru: 128, additive_attention: 64, linear: vocabulary]}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.002}}
    """)
let folder = RunFolder("runs/translation")
_ = try TrainingRun(config: config, folder: folder, overwrites: true, maximumSteps: steps).run()
let translator = try Translator(TrainedModel(folder: folder))
print(try translator.translate(CommandLine.arguments[3]))
