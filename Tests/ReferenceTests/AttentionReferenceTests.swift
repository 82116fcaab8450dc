import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import NNTraining
import Testing

/// Outputs and gradients of embeddings, attention and transformers against PyTorch's.
@Suite struct AttentionReferenceTests {
  @Test(
    arguments: ["embedding", "multihead", "transformer", "memory"], [DType.float64, .float32])
  func layersAgree(file: String, dtype: DType) throws {
    let examples = try Fixture.load("attention", file).examples
    #expect(!examples.isEmpty)
    for example in examples { try compare(example, dtype) }
  }

  /// Attention with a mask, which a config cannot set.
  private struct Masked: Layer {
    let heads: Int
    let bias: Bool
    let mask: HostTensor
    var description: String { "Masked" }

    func callAsFunction(_ input: Value, in scope: Scope) -> Value {
      MultiheadAttention(numHeads: heads, bias: bias)(
        input, mask: scope.graph.constant(mask), in: scope)
    }
  }

  private func compare(_ example: FixtureExample, _ dtype: DType) throws {
    func given(_ name: String) throws -> HostTensor? {
      example.givenNames.contains(name) ? try example.given(name, as: dtype) : nil
    }
    let input = try #require(try given("input"))
    let memory = try given("memory")
    let cotangent = try #require(try given("cotangent"))
    var model = try makeModel(example)
    if let mask = try given("mask") {
      let options = example.options["config"]?.list?.first?["multihead_attention"]
      model = Model([
        Masked(
          heads: try #require(options?["num_heads"]?.integer),
          bias: try #require(options?["bias"]?.boolean as Bool?), mask: mask)
      ])
    }
    // With a memory, the layers are the decoder after an encoder without layers.
    let rows = Ports(
      memory ?? input, lengths: try given(memory == nil ? "lengths" : "memory_lengths"),
      decoderValues: memory == nil ? nil : input)
    if memory != nil {
      model = Model(EncoderDecoder(encoder: Sequential([]), decoder: model.root))
    }
    let prefix = memory == nil ? "" : "decoder."
    let types = rows.map { TensorType($1.shape, $1.dtype) }
    let isTokens = types.values.dtype == .int32
    let layout = try model.layout(
      InputSignature(
        types.map { TensorType(Shape(Array($1.shape.dimensions.dropFirst())), $1.dtype) },
        vocabulary: isTokens ? VocabularySizes(input: 7) : nil, dtype: dtype))
    let state = try example.given(prefix: "state.", as: dtype)
    let variables = VariableStore()
    let tensors = Dictionary(uniqueKeysWithValues: state.map { (prefix + $0.name, $0.tensor) })
    for (name, tensor) in try layout.variables(from: tensors) { variables[name] = tensor }

    let graph = Graph()
    let sources = types.map { graph.input($0, $1) }
    let built = model.build(in: graph, input: sources, layout: layout, mode: .training)
    var points = built.parameterValues.map {
      (name: String($0.name.dropFirst(prefix.count)), value: $0.value)
    }
    if let decoderValues = sources.decoderValues {
      points += [("input", decoderValues), ("memory", sources.values)]
    } else if !isTokens {
      points.append(("input", sources.values))
    }
    let gradients = graph.gradients(
      of: built.value, withRespectTo: points.map(\.value),
      cotangent: graph.input("cotangent", TensorType(cotangent.shape, dtype)))
    var fetches = zip(points, gradients).map { (name: "grad.\($0.name)", value: $1) }
    fetches.append((name: "output", value: built.value))
    let session = Session(try Plan(graph, fetches: fetches), variables: variables)
    rows.forEach { session.write($0, $1) }
    session.write("cotangent", cotangent)
    session.run()

    let compared = example.expectedNames(dtype)
    for name in compared {
      expectClose(
        session.read(name), try example.expected(name, dtype), nil,
        "\(example.name) \(name) \(dtype)")
    }
    for point in points {
      #expect(
        compared.contains("grad.\(point.name)"),
        "\(example.name): \(point.name) is not compared")
    }
  }

  private func makeModel(_ example: FixtureExample) throws -> Model {
    let text = """
      {"data": {"train": "xor"}, "loss": "mse", "optimizer": "adam", "model": \(example.config.json)}
      """
    return try Config(yaml: text, source: "\(example.name).json").makeModel()
  }
}
