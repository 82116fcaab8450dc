import Foundation
import NNTestSupport
import NeuralNet
import Testing

@Suite("Models that a program has trained")
struct TrainedModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Inputs [N, 2] of another mean and range in each column, and y = 3·a − b + 2.
  private func numbers(_ count: Int = 40) throws -> Dataset {
    var (inputs, targets): ([Double], [Double]) = ([], [])
    for row in 0..<count {
      let (a, b) = (Double(row % 7 * 10 + 5), Double(row % 5 - 2))
      inputs += [a, b]
      targets.append(3 * a - b + 2)
    }
    return try Dataset(
      name: "plane", inputs: HostTensor(inputs, shape: [count, 2]),
      targets: HostTensor(targets, shape: [count, 1]), featureNames: ["a", "b"])
  }

  private func labels(_ count: Int = 30) throws -> Dataset {
    let inputs = (0..<count).flatMap { [Double($0 % 3), Double($0 % 4)] }
    return try Dataset(
      name: "labels", inputs: HostTensor(inputs, shape: [count, 2]),
      targets: HostTensor((0..<count).map { Int32($0 % 3) }), classNames: ["x", "y", "z"])
  }

  private let line = Model { Dense(1) }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.path(name)))
  }

  @Test("predict raw inputs in the unit of the raw targets: the formula written out")
  func numbersInTheirUnit() throws {
    let data = try numbers()
    let scale = try Normalization.fit(.standard, onTargetsOf: data)
    let scaled = try data.scalingTargets(by: scale)
    let trainer = try Trainer(
      model: line, loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1), data: scaled,
      batchSize: 8, settings: TrainingSettings(dtype: .float64, normalization: .standard))
    try trainer.train(epochs: 3)
    let trained = try trainer.trainedModel()
    let weights = Dictionary(
      try trainer.weights().map { ($0.name, $0.tensor.doubles) }, uniquingKeysWith: { $1 })
    let (weight, bias) = (try #require(weights["0.weight"]), try #require(weights["0.bias"]))
    let input = trainer.normalization
    let rows = data.inputs.doubles
    let expected = (0..<data.count).map { row in
      let sum = (0..<2).reduce(bias[0]) {
        $0 + weight[$1] * (rows[2 * row + $1] - input.offsets[$1]) / input.divisors[$1]
      }
      return sum * scale.divisors[0] + scale.offsets[0]
    }
    let found = try Predictor(trained).predict(data.inputs)
    expectClose(found.doubles, expected, Tolerance(relative: 1e-12, absolute: 1e-12), "outputs")
    // A later step of the trainer does not change the model.
    try trainer.epoch()
    #expect(try Predictor(trained).predict(data.inputs) == found)
    #expect(trained.config == nil && trained.encoding.featureNames == ["a", "b"])
  }

  @Test("are the same after saving and loading", arguments: [DType.float32, .float64])
  func saved(dtype: DType) throws {
    let data = try labels()
    let model = Model {
      Dense(5)
      BatchNorm1D()
      Tanh()
      Dense(3)
    }
    let trainer = try Trainer(
      model: model, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.05), data: data,
      batchSize: 7, settings: TrainingSettings(dtype: dtype, normalization: .minMax))
    try trainer.train(epochs: 4)
    let trained = try trainer.trainedModel()
    let path = folder.path("m.safetensors")
    try trained.save(to: path)
    let loaded = try TrainedModel(contentsOf: path, model: model)
    #expect(loaded.classNames == ["x", "y", "z"] && loaded.signature == trained.signature)
    #expect(loaded.normalization == trained.normalization)
    let (first, second) = (try Predictor(trained), try Predictor(loaded))
    let outputs = try first.predict(data.inputs)
    #expect(outputs.dtype == dtype)
    #expect(try second.predict(data.inputs) == outputs)
    #expect(try second.probabilities(data.inputs) == first.probabilities(data.inputs))
    #expect(second.classes(of: outputs) == first.classes(of: outputs))
    #expect(second.classes(of: outputs) != nil)
    let evaluation = try Evaluation.run(
      model: loaded, dataset: data, losses: [LossTerm(CrossEntropy())], metrics: [Accuracy()])
    let expected = try trainer.evaluate(on: data, metrics: [Accuracy()])
    #expect(evaluation.loss == expected.loss)
    #expect(evaluation.metrics[0].value == expected.metrics[0].value)
    // The tensors have PyTorch's names and no others.
    let names = try SafeTensorsFile(contentsOf: path).tensors.map(\.name)
    #expect(try names.sorted() == trainer.weights().map(\.name).sorted())
    // Saved again, the file has the same bytes.
    try loaded.save(to: folder.path("again.safetensors"))
    #expect(try bytes("again.safetensors") == bytes("m.safetensors"))
  }

  @Test("several inputs and outputs, each with its loss's meaning")
  func severalOutputs() throws {
    let data = try Dataset(
      name: "two",
      source: [
        "left": HostTensor((0..<12).map(Float.init), shape: [6, 2]),
        "right": HostTensor((0..<6).map(Float.init), shape: [6, 1]),
      ],
      namedTargets: [
        "kind": HostTensor([Int32](arrayLiteral: 0, 1, 0, 1, 1, 0)),
        "odd": HostTensor([Float](arrayLiteral: 0, 1, 0, 1, 0, 1), shape: [6, 1]),
      ])
    let model = Model { inputs, scope in
      let joined = scope.apply(
        Concat(), to: [scope.input("left"), scope.input("right")], named: "joined")
      return [
        "kind": scope.apply(Dense(2), to: joined, named: "kind"),
        "odd": scope.apply(Dense(1), to: joined, named: "odd").sigmoid(),
      ]
    }
    let trainer = try Trainer(
      model: model,
      losses: [
        LossTerm(CrossEntropy(), output: "kind", target: "kind"),
        LossTerm(BinaryCrossEntropy(), output: "odd", target: "odd"),
      ], optimizer: SGD(learningRate: 0.01), data: data, batchSize: 3)
    try trainer.train(epochs: 2)
    let path = folder.path("m.safetensors")
    try trainer.trainedModel().save(to: path)
    for trained in [try trainer.trainedModel(), try TrainedModel(contentsOf: path, model: model)] {
      #expect(trained.meaning(ofOutput: "kind").kind == .classLogits)
      #expect(trained.meaning(ofOutput: "odd").kind == .binaryProbabilities)
      #expect(trained.meaning(ofOutput: "odd").isProbabilities)
      let outputs = try Predictor(trained).outputs(of: data.namedInputs)
      #expect(outputs.names == ["kind", "odd"])
      #expect(outputs["odd"]?.shape == [6, 1])
    }
  }

  @Test("activations at the end decide what is a probability")
  func activations() throws {
    func meaning(_ loss: any Loss, _ last: any Layer...) throws -> OutputMeaning {
      let data = loss.target.acceptsLabels ? try labels() : try numbers()
      let numeric = loss.target.acceptsLabels ? data : data.withTargetsInUnitRange()
      let trainer = try Trainer(
        model: Model([Dense(loss.target.acceptsLabels ? 3 : 1)] + last), loss: loss,
        optimizer: SGD(learningRate: 0.01), data: numeric, batchSize: 5)
      return try trainer.trainedModel().meaning()
    }
    #expect(try meaning(CrossEntropy()).kind == .classLogits)
    #expect(try !meaning(CrossEntropy()).isProbabilities)
    #expect(try meaning(CrossEntropy(), Softmax()).isProbabilities)
    #expect(try meaning(CrossEntropy(), LogSoftmax()).kind == .classLogProbabilities)
    #expect(
      try meaning(NegativeLogLikelihood(), LogSoftmax(), Dropout(0.5)).activation == .logSoftmax)
    #expect(try meaning(MeanSquaredError()).prediction == nil)
    #expect(try meaning(MeanSquaredError(), Sigmoid(), Flatten()).activation == .sigmoid)
    #expect(try meaning(BinaryCrossEntropyWithLogits(), Sigmoid()).kind == .binaryProbabilities)
    #expect(try meaning(BinaryCrossEntropy(), Sigmoid()).isProbabilities)
    // x · σ(x) ends in a product.
    #expect(try meaning(MeanSquaredError(), SiLU()).activation == nil)
  }

  @Test("of a run's config keep it")
  func ofARun() throws {
    let run = folder.path("run")
    let config = try Config(
      yaml: """
        data: {train: {moons: {samples: 40}}, batch_size: 8}
        model: [{linear: 4}, tanh, {linear: 2}]
        loss: cross_entropy
        optimizer: adam
        epochs: 1
        """)
    _ = try TrainingRun(config: config, folder: RunFolder(run)).run()
    let model = try TrainedModel(folder: RunFolder(run))
    try model.save(to: folder.path("copy.safetensors"))
    #expect(
      try bytes("copy.safetensors") == bytes("run/model.safetensors"))
    let given = try TrainedModel(
      contentsOf: "\(run)/model.safetensors",
      model: Model {
        Dense(4)
        Tanh()
        Dense(2)
      })
    #expect(given.config == model.config)
  }

  @Test("files that are not those of the network are refused")
  func refused() throws {
    let trainer = try Trainer(
      model: line, loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.01), data: numbers(),
      batchSize: 8)
    let path = folder.path("m.safetensors")
    try trainer.trainedModel().save(to: path)
    expectError("\(path): ", "`0.weight`", "[3, 2]") {
      _ = try TrainedModel(contentsOf: path, model: Model { Dense(3) })
    }
    expectError("\(path): ", "network that a program has built", "TrainedModel(contentsOf:") {
      _ = try TrainedModel(contentsOf: path)
    }
    expectError("without a config") {
      _ = try Evaluation.run(
        model: TrainedModel(contentsOf: path, model: line), dataset: numbers())
    }
    var file = try SafeTensorsFile(contentsOf: path)
    for (facts, message) in [
      (#""dtype":"float16""#, "damaged: dtype float16"), (#""dtype":"int32""#, "dtype int32"),
      (#""d":0"#, "dtype is missing"),
    ] {
      file.metadata["facts"] = try SafeTensorsFile(contentsOf: path).metadata["facts"]?
        .replacingOccurrences(of: #""dtype":"float32""#, with: facts)
      try file.write(to: folder.path("damaged.safetensors"))
      expectError("damaged.safetensors: ", message) {
        _ = try TrainedModel(contentsOf: folder.path("damaged.safetensors"), model: line)
      }
    }
  }

  @Test("partial weights are loaded by name and shape, and the rest is listed")
  func partialWeights() throws {
    let model = Model {
      Dense(2).named("trunk")
      Dense(1).named("head")
    }
    let trainer = try Trainer(
      model: model, loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.01), data: numbers(),
      batchSize: 8)
    let trunk = HostTensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let other = HostTensor([1, 2, 3] as [Float])
    let head = try #require(try trainer.weights().first { $0.name == "head.weight" }).tensor
    let differences = try trainer.load(
      [("trunk.weight", trunk), ("trunk.bias", other), ("fc.bias", other)], strict: false)
    #expect(
      differences == [
        "`trunk.bias` [2]: [3] in the file", "`head.weight` [1, 2]: not in the file",
        "`head.bias` [1]: not in the file", "`fc.bias` [3]: not in the network",
      ])
    let weights = try trainer.weights()
    #expect(weights.first { $0.name == "trunk.weight" }?.tensor == trunk)
    #expect(weights.first { $0.name == "head.weight" }?.tensor == head)
    expectError("none of its 1 tensors matches", "`trunk.weight` [2, 2]") {
      try trainer.load([("fc.bias", other)], strict: false)
    }
    expectError("fc.bias", "head.weight") { try trainer.load([("fc.bias", other)]) }
  }
}

extension Dataset {
  /// The same inputs with targets 0, 1, 0, 1, ….
  fileprivate func withTargetsInUnitRange() -> Dataset {
    let targets = HostTensor((0..<count).map { Double($0 % 2) }, shape: [count, 1])
    guard let data = try? Dataset(name: name, inputs: inputs, targets: targets) else {
      preconditionFailure("as many inputs as targets")
    }
    return data
  }
}
