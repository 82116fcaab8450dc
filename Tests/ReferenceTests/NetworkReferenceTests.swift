import NNCore
import NNData
import NNGraph
import NNLayers
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Layers that are used twice, layers with several inputs and several losses, in float64.
@Suite("Networks that are not a chain against PyTorch")
struct NetworkReferenceTests {
  private static func example(_ file: String, _ name: String) throws -> FixtureExample {
    try Fixture.load("networks", file).example(name)
  }

  /// The network of the example's config.
  private static func config(_ example: FixtureExample) throws -> Config {
    try Config(yaml: example.config.json, source: "\(example.name).json")
  }

  /// Tensors whose names start with a prefix, in the order of the config's list of inputs.
  private static func inputs(_ example: FixtureExample) throws -> Ports<HostTensor> {
    let names = try #require(example.config["model"]?["inputs"]?.list).compactMap(\.text)
    return Ports(
      named: try names.map { (name: $0, part: try example.given("input.\($0)", as: .float64)) })
  }

  private static func state(_ example: FixtureExample) throws -> [String: HostTensor] {
    try Dictionary(
      uniqueKeysWithValues: example.given(prefix: "state.", as: .float64).map { ($0, $1) })
  }

  @Test(
    "a layer used twice: outputs, running statistics, gradients of parameters and inputs",
    arguments: ["tower", "linear-again", "convolution", "convolution-training"])
  func sharedLayers(name: String) throws {
    let example = try Self.example("shared", name)
    try compare(Self.config(example).makeModel(), with: example)
  }

  /// The same numbers from `apply(_:to:named:sharing:)`.
  @Test func aTowerInSwift() throws {
    let tower = Sequential([Dense(7), Tanh(), LayerNorm([7]), Dense(3)])
    let model = Model { inputs, scope in
      let anchor = scope.apply(tower, to: scope.input("a"), named: "anchor")
      func again(_ input: String, _ name: String) -> Value {
        scope.apply(tower, to: [scope.input(input)], named: name, sharing: "anchor")
      }
      return [
        "anchor": anchor, "positive": again("p", "positive"), "negative": again("n", "negative"),
      ]
    }
    try compare(model, with: Self.example("shared", "tower"))
  }

  @Test("an image and a table, joined by each layer with several inputs")
  func mergingLayers() throws {
    let examples = try Fixture.load("networks", "merging").examples
    for example in examples { try compare(Self.config(example).makeModel(), with: example) }
    let joins = examples.compactMap { example -> String? in
      let layers = example.config["model"]?["layers"]?.list ?? []
      guard let join = layers.first(where: { $0["name"]?.text == "joined" }),
        case .object(let keys) = join
      else { return nil }
      return keys.keys.first { $0 != "name" && $0 != "from" }
    }
    let expected = Merge.Operation.allCases.map(\.rawValue) + ["dot", "concat"]
    #expect(Set(joins) == Set(expected))
  }

  /// Compares everything that the example holds; nothing of the network is left out.
  private func compare(_ model: Model, with example: FixtureExample) throws {
    let training = try #require(example.options["training"]?.boolean as Bool?)
    let inputs = try Self.inputs(example)
    let layout = try model.layout(
      InputSignature(
        inputs.map { TensorType(Shape(Array($1.shape.dimensions.dropFirst())), $1.dtype) },
        dtype: .float64))
    let variables = VariableStore()
    for (name, tensor) in try layout.variables(from: Self.state(example)) {
      variables[name] = tensor
    }
    let graph = Graph()
    let sources = inputs.map { graph.input("input.\($0)", TensorType($1.shape, $1.dtype)) }
    let built = model.build(
      in: graph, input: sources, layout: layout, mode: training ? .training : .evaluation)
    try graph.validate()
    var fetches: [(name: String, value: Value)] = []
    var loss = graph.constant(HostTensor(scalar: 0.0))
    try built.outputs.forEach { name, output in
      fetches.append(("output.\(name)", output))
      loss =
        loss + (output * graph.constant(try example.given("cotangent.\(name)", as: .float64))).sum()
    }
    let names = sources.names.map { "input.\($0)" } + built.parameterValues.map(\.name)
    let gradients = graph.gradients(
      of: loss, withRespectTo: sources.all + built.parameterValues.map(\.value))
    fetches += zip(names, gradients).map { ("grad.\($0)", $1) }
    let function = try Function(
      graph, outputs: fetches, updates: built.bufferUpdates, variables: variables)
    try inputs.forEach { try function.write("input.\($0)", $1) }
    try function.run()
    var found: [String: HostTensor] = [:]
    for (name, _) in fetches { found[name] = try function.read(name) }
    if training {
      for buffer in layout.buffers { found["after.\(buffer.name)"] = variables[buffer.name] }
    }
    let expected = example.expectedNames(.float64)
    #expect(found.keys.sorted() == expected, "\(example.name)")
    for name in expected {
      expectClose(
        try #require(found[name]), try example.expected(name, .float64), .float64,
        "\(example.name) \(name)")
    }
  }

  /// The step of plain SGD is the gradient times the learning rate, a power of 2.
  @Test(
    "several weighted losses: total, each loss, gradients and parameters of every step",
    arguments: ["weighted", "weighted-accumulated"])
  func severalLosses(name: String) throws {
    let example = try Self.example("losses", name)
    let config = try Self.config(example)
    let digits = try example.given("target.digit", as: .float64).converted(to: .int32)
    let data = try Dataset(
      name: "rows", source: Self.inputs(example),
      namedTargets: ["digit": digits, "size": example.given("target.size", as: .float64)])
    let trainer = try Trainer(
      model: config.makeModel(), losses: config.makeLosses(), optimizer: config.makeOptimizer(),
      data: data, batchSize: config.data.batchSize,
      settings: TrainingSettings(dtype: .float64, shuffle: false, accumulate: config.accumulate))
    try trainer.load(Self.state(example))
    let rate = try config.makeOptimizer().learningRate
    let names = config.lossNames
    #expect(names == ["digit", "size", "triplet_margin", "gaussian_kl"])
    let total = try example.expected("total", .float64).doubles
    var count = 0
    for _ in 0..<(try #require(example.options["epochs"]?.integer)) {
      var before = try trainer.weights()
      while let step = try trainer.step() {
        let row = count..<count + 1
        count += 1
        expectClose([step.loss], [total[row.lowerBound]], .float64Curve, "total, step \(count)")
        for (name, loss) in zip(names, step.losses) {
          let expected = try example.expected("loss.\(name)", .float64).rows(row).doubles
          expectClose([loss], expected, .float64Curve, "\(name), step \(count)")
        }
        let after = try trainer.weights()
        for ((name, old), (_, new)) in zip(before, after) {
          func expected(_ what: String) throws -> HostTensor {
            try example.expected("\(what).\(name)", .float64).rows(row).reshaped(to: old.shape)
          }
          expectClose(new, try expected("parameter"), .float64, "\(name) after step \(count)")
          let gradient = zip(old.doubles, new.doubles).map { ($0 - $1) / rate }
          expectClose(
            HostTensor(gradient, shape: old.shape), try expected("grad"), .float64,
            "gradient of \(name), step \(count)")
        }
        before = after
      }
      try trainer.epoch()
    }
    #expect(count == total.count)
  }
}
