import NNData

/// Writes an experiment as a config and as a Swift program.
struct ExperimentText {
  let settings: PlaygroundSettings
  let points: PlaygroundPoints
  /// The generator of exactly the network's inputs; nil where a table contains them.
  let generator: DataGenerator?

  /// The name of the targets' column.
  static func target(_ points: PlaygroundPoints) -> String {
    points.dataset.hasLabels ? "label" : "target"
  }

  /// The number of epochs in the texts.
  static let epochs = 100

  private var loss: PlaygroundLoss { settings.loss ?? .meanSquaredError }
  private var hasClasses: Bool { points.dataset.hasLabels }
  private var outputs: Int { settings.outputCount(points) }

  // MARK: - YAML

  /// The config.
  var yaml: String {
    var lines = ["name: playground", "seed: \(settings.seed)", "data:"]
    lines.append("  train: \(source)")
    lines.append("  validation: {split: \(number(settings.testShare))}")
    lines.append("  batch_size: \(settings.batchSize)")
    if let normalization {
      let (mean, std) = (list(normalization.offsets), list(normalization.divisors))
      lines.append("  normalize: {mean: \(mean), std: \(std)}")
    }
    lines.append("model:")
    for nodes in settings.hidden {
      lines.append("  - linear: \(nodes)")
      if settings.activation != .linear { lines.append("  - \(settings.activation.rawValue)") }
      if settings.dropout > 0 { lines.append("  - dropout: {p: \(number(settings.dropout))}") }
    }
    lines.append("  - linear: \(outputs)")
    lines.append("loss: \(loss.rawValue)")
    lines.append("optimizer: {\(optimizer)}")
    if settings.l1Penalty > 0 { lines.append("l1_penalty: \(number(settings.l1Penalty))") }
    lines.append("metrics: [\(hasClasses ? "accuracy" : "mae")]")
    lines.append("epochs: \(Self.epochs)")
    return lines.joined(separator: "\n") + "\n"
  }

  private var source: String {
    guard let generator else {
      let task = hasClasses ? "classification" : "regression"
      return "{csv: \(PlaygroundExperiment.tableName), target: \(Self.target(points)), "
        + "task: \(task)}"
    }
    var options = ["samples: \(generator.samples)", "noise: \(number(generator.noise))"]
    if generator.kind.classesVary { options.append("classes: \(generator.classes)") }
    return "{\(generator.kind.rawValue): {\(options.joined(separator: ", "))}}"
  }

  private var optimizer: String {
    let rate = "lr: \(number(settings.learningRate))"
    let decay = "weight_decay: \(number(settings.weightDecay))"
    return switch settings.optimizer {
    case .momentum: "sgd: {\(rate), momentum: 0.9, \(decay)}"
    default: "\(settings.optimizer.rawValue): {\(rate), \(decay)}"
    }
  }

  // MARK: - Swift

  /// The program.
  var program: String {
    let numeric = hasClasses && loss != .crossEntropy
    var lines = ["import NeuralNet", ""]
    lines += dataLines(converted: numeric)
    lines.append(
      "let (train, test) = try data.split(fraction: \(settings.testShare), seed: \(settings.seed))")
    lines += ["", "let model = Model {"]
    for nodes in settings.hidden {
      lines.append("  Dense(\(nodes))")
      if let layer = settings.activation.swift { lines.append("  \(layer)") }
      if settings.dropout > 0 { lines.append("  Dropout(\(settings.dropout))") }
    }
    lines += ["  Dense(\(outputs))", "}"]
    lines += trainerLines
    let metric = hasClasses ? "Accuracy(threshold: \(threshold))" : "MeanAbsoluteError()"
    lines += [
      "", "for epoch in 1...\(Self.epochs) {", "  let loss = try trainer.epoch().trainLoss",
      "  let result = try trainer.evaluate(on: test, metrics: [\(metric)])",
      "  print(",
      "    \"epoch \\(epoch): loss \\(loss), test loss \\(result.loss),\",",
      "    \"\(hasClasses ? "accuracy" : "mean absolute error") \\(result.metrics[0].value)\")",
      "}",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private var threshold: String { loss == .meanSquaredError ? "0.5" : "0" }

  private func dataLines(converted: Bool) -> [String] {
    // Regression losses read the labels as 0 and 1.
    let ending = converted ? "\n  .withNumericTargets()" : ""
    guard let generator else {
      let task = hasClasses ? ".classification" : ".regression"
      return [
        "let data = try DataSource.table(",
        "  TableSource(",
        "    file: \"\(PlaygroundExperiment.tableName)\", targets: [\"\(Self.target(points))\"], "
          + "task: \(task))",
        ").load()\(converted ? ".withNumericTargets()" : "")",
      ]
    }
    var arguments = [".\(generator.kind.rawValue)", "samples: \(generator.samples)"]
    arguments.append("noise: \(generator.noise)")
    if generator.kind.classesVary { arguments.append("classes: \(generator.classes)") }
    arguments.append("seed: \(generator.seed)")
    return ["let data = try DataGenerator(\(arguments.joined(separator: ", "))).make()\(ending)"]
  }

  private var trainerLines: [String] {
    var lines = [
      "let trainer = try Trainer(",
      "  model: model, loss: \(loss.swift),",
      "  optimizer: \(swiftOptimizer),",
    ]
    let last = "  data: train, batchSize: \(settings.batchSize), seed: \(settings.seed)"
    var options: [String] = []
    if let normalization {
      let (mean, std) = (list(normalization.offsets), list(normalization.divisors))
      options.append("normalization: .given(mean: \(mean), standardDeviation: \(std))")
    }
    if settings.l1Penalty > 0 { options.append("l1Penalty: \(settings.l1Penalty)") }
    guard !options.isEmpty else { return lines + [last + ")"] }
    lines += [
      last + ",", "  settings: TrainingSettings(",
      "    " + options.joined(separator: ",\n    ") + "))",
    ]
    return lines
  }

  private var swiftOptimizer: String {
    let rate = "learningRate: \(settings.learningRate)"
    let decay = "weightDecay: \(settings.weightDecay)"
    return switch settings.optimizer {
    case .adam: "Adam(\(rate), \(decay))"
    case .adamW: "AdamW(\(rate), \(decay))"
    case .sgd: "SGD(\(rate), \(decay))"
    case .momentum: "SGD(\(rate), momentum: 0.9, \(decay))"
    case .rmsprop: "RMSprop(\(rate), \(decay))"
    case .adagrad: "Adagrad(\(rate), \(decay))"
    }
  }

  // MARK: - Numbers

  /// The normalization that maps a generator's data to the stage; a table is already mapped.
  private var normalization: PlaygroundScale? {
    generator == nil || points.scale.isIdentity ? nil : points.scale
  }

  private func list(_ numbers: [Double]) -> String {
    "[\(numbers.map(number).joined(separator: ", "))]"
  }

  /// The shortest text that reads back exactly; with a decimal point, since `1e-05` is a string in
  /// YAML 1.1.
  private func number(_ number: Double) -> String {
    let text = "\(number)"
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return "\(text[..<exponent]).0\(text[exponent...])"
  }
}
