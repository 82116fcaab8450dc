import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// Pooled vectors of tokens against PyTorch's `EmbeddingBag`.
@Suite("Pooled tokens against PyTorch")
struct TextReferenceTests {
  @Test(arguments: [DType.float64, .float32])
  func embeddingBags(dtype: DType) throws {
    let examples = try Fixture.load("texts", "pooling").examples
    #expect(examples.count == 12)
    for example in examples { try compare(example, dtype) }
  }

  private func compare(_ example: FixtureExample, _ dtype: DType) throws {
    let name = try #require(example.options["mode"]?.text)
    let mode = try #require(StepPooling.Mode(rawValue: name))
    let tokens = try example.given("tokens", as: dtype)
    let weight = try example.given("weight", as: dtype)
    let (rows, steps) = (tokens.shape[0], tokens.shape[1])
    let signature = InputSignature(
      Ports(TensorType([steps], .int32), lengths: TensorType([], .int32)),
      vocabulary: VocabularySizes(input: weight.shape[0]), dtype: dtype)
    let model = Model([Embedding(weight.shape[1]), StepPooling(mode)])
    let layout = try model.layout(signature)
    let graph = Graph()
    let built = model.build(
      in: graph, input: signature.batch(of: rows).map { graph.input($0, $1) }, layout: layout,
      mode: .training)
    try graph.validate()
    let gradients = graph.gradients(
      of: built.value, withRespectTo: built.parameterValues.map(\.value),
      cotangent: graph.input("cotangent", built.value.type))
    let variables = VariableStore()
    for (name, tensor) in try layout.variables(from: ["0.weight": weight]) {
      variables[name] = tensor
    }
    let session = Session(
      try Plan(graph, fetches: [("output", built.value), ("grad.weight", gradients[0])]),
      variables: variables)
    session.write(PortName.input, tokens)
    session.write(PortName.lengths, try example.given("lengths", as: dtype))
    session.write("cotangent", try example.given("cotangent", as: dtype))
    session.run()
    let names = example.expectedNames(dtype)
    #expect(Set(names) == ["output", "grad.weight"])
    for name in names {
      expectClose(
        session.read(name), try example.expected(name, dtype), nil,
        "\(example.name) \(name) \(dtype)")
    }
  }
}
