import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import NNTraining
import Testing

/// Outputs, gradients and running statistics of the layers against PyTorch's, element by element.
@Suite struct LayerTests {
  @Test(
    arguments: ["linear", "conv2d", "pooling", "normalization", "activations", "composition"],
    [DType.float64, .float32])
  func layersAgree(file: String, dtype: DType) throws {
    let examples = try Fixture.load("layers", file).examples
    #expect(!examples.isEmpty)
    for example in examples { try compare(example, dtype) }
  }

  private func compare(_ example: FixtureExample, _ dtype: DType) throws {
    let training = try #require(example.options["training"]?.boolean as Bool?)
    let model = try makeModel(example)
    let input = try example.given("input", as: dtype)
    let cotangent = try example.given("cotangent", as: dtype)
    let layout = try model.layout(input: TensorType(input.shape, dtype))
    let state = try example.given(prefix: "state.", as: dtype)
    let variables = VariableStore()
    let tensors = Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.tensor) })
    for (name, tensor) in try layout.variables(from: tensors) { variables[name] = tensor }

    let graph = Graph()
    let source = graph.input("input", TensorType(input.shape, dtype))
    let built = model.build(
      in: graph, input: source, layout: layout, mode: training ? .training : .evaluation)
    let gradients = graph.gradients(
      of: built.value, withRespectTo: [source] + built.parameterValues.map(\.value),
      cotangent: graph.input("cotangent", TensorType(cotangent.shape, dtype)))
    let names = ["input"] + built.parameterValues.map(\.name)
    var fetches = zip(names, gradients).map { (name: "grad.\($0)", value: $1) }
    fetches.append((name: "output", value: built.value))
    let session = Session(
      try Plan(graph, fetches: fetches, updates: built.bufferUpdates), variables: variables)
    session.write("input", input)
    session.write("cotangent", cotangent)
    session.run()

    for name in example.expectedNames(dtype) {
      let expected = try example.expected(name, dtype)
      let found =
        name.hasPrefix("after.")
        ? try #require(variables[String(name.dropFirst("after.".count))], "\(example.name) \(name)")
        : session.read(name)
      expectClose(found, expected, nil, "\(example.name) \(name) \(dtype)")
    }
    // Nothing may be left uncompared: PyTorch has all of our parameters and buffers.
    let compared = example.expectedNames(dtype)
    for entry in layout.entries where compared.count > 1 {
      #expect(
        compared.contains("\(entry.isParameter ? "grad" : "after").\(entry.name)"),
        "\(example.name): \(entry.name) is not compared")
    }
  }

  private func makeModel(_ example: FixtureExample) throws -> Model {
    // A config does not allow layers on the batch axis; Swift code does.
    switch example.name {
    case "concat-batch": return Model([Concat(axis: 0, [[Dense(2)], [Dense(2)]])])
    case "flatten-all": return Model([Flatten(startDim: 0)])
    default: break
    }
    let text = """
      {"data": {"train": "xor"}, "loss": "mse", "optimizer": "adam", "model": \(example.config.json)}
      """
    return try Config(yaml: text, source: "\(example.name).json").makeModel()
  }
}
