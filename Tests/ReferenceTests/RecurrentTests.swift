import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import NNTraining
import Testing

/// Outputs, final states and all gradients of recurrent layers against PyTorch's.
@Suite struct RecurrentTests {
  @Test(
    arguments: ["rnn", "lstm", "gru", "gru_reset_before"], [DType.float64, .float32])
  func layersAgree(file: String, dtype: DType) throws {
    let examples = try Fixture.load("recurrent", file).examples
    #expect(examples.count >= 9)
    for example in examples { try compare(example, dtype) }
  }

  private func compare(_ example: FixtureExample, _ dtype: DType) throws {
    let graph = Graph()
    let given = Set(example.givenNames)
    var feeds: [String: HostTensor] = [:]
    for name in given where name != "parameters" {
      feeds[name] = try example.given(name, as: dtype)
    }
    let inputs = feeds.mapValues { TensorType($0.shape, $0.dtype) }
    let probe = Probe(layer: try layer(of: example), inputs: inputs)
    let inputType = try #require(inputs["input"])
    // The layout is computed for another batch size than that of the states.
    let layout = try Model(Probe(layer: probe.layer, inputs: [:])).layout(input: inputType)
    let names = example.options["names"]?.list ?? []
    #expect(layout.entries.map { FixtureOption.text($0.name) } == names, "\(example.name)")

    let input = graph.input("input", inputType)
    let built = Model(probe).build(in: graph, input: input, layout: layout, mode: .training)
    let states = ["h0", "c0"].filter(given.contains)
    let gradients = graph.gradients(
      of: built.value,
      withRespectTo: [input]
        + states.compactMap { name in inputs[name].map { graph.input(name, $0) } }
        + built.parameterValues.map(\.value),
      cotangent: graph.input("cotangent", built.value.type))
    let parameters = gradients.dropFirst(1 + states.count)
      .map { $0.reshaped(to: [$0.shape.elementCount]) }
    var fetches = [("result", built.value), ("grad.input", gradients[0])]
    fetches += zip(states, gradients.dropFirst()).map { ("grad.\($0)", $1) }
    fetches.append(("grad.parameters", .concatenated(Array(parameters), axis: 0)))

    let variables = VariableStore()
    let flat = try example.given("parameters", as: dtype).doubles
    var start = 0
    var tensors: [String: HostTensor] = [:]
    for entry in layout.entries {
      let end = start + entry.shape.elementCount
      tensors[entry.name] = HostTensor(
        doubles: Array(flat[start..<end]), shape: entry.shape, dtype: dtype)
      start = end
    }
    #expect(start == flat.count)
    for (name, tensor) in try layout.variables(from: tensors) { variables[name] = tensor }
    let session = Session(try Plan(graph, fetches: fetches), variables: variables)
    for (name, tensor) in feeds { session.write(name, tensor) }
    session.run()
    let expectedNames = example.expectedNames(.float64)
    #expect(Set(fetches.map(\.0)) == Set(expectedNames))
    for name in expectedNames {
      expectClose(
        session.read(name), try example.expected(name, .float64).converted(to: dtype), nil,
        "\(example.name) \(name) \(dtype)")
    }
  }

  private func layer(of example: FixtureExample) throws -> any Layer {
    let text = """
      {"data": {"train": "xor"}, "loss": "mse", "optimizer": "adam", "model": \(example.config.json)}
      """
    let model = try Config(yaml: text, source: "\(example.name).json").makeModel()
    return try #require((model.root as? Sequential)?.layers.first)
  }
}

/// A recurrent layer with states from inputs of the graph, which returns all results flat.
private struct Probe: Layer {
  let layer: any Layer
  let inputs: [String: TensorType]
  var description: String { layer.description }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    func given(_ name: String) -> Value? { inputs[name].map { scope.graph.input(name, $0) } }
    let initial = given("h0").map { RecurrentState(hidden: $0, cell: given("c0")) }
    let lengths = given("lengths")
    let (output, state) =
      switch layer {
      case let layer as RNN: layer(input, initial: initial, lengths: lengths, in: scope)
      case let layer as LSTM: layer(input, initial: initial, lengths: lengths, in: scope)
      case let layer as GRU: layer(input, initial: initial, lengths: lengths, in: scope)
      default:
        (
          scope.rejectOption("\(layer) is not a recurrent layer"), RecurrentState(hidden: input)
        )
      }
    guard !output.isPoisoned else { return output }
    return .concatenated(
      [output, state.hidden, state.cell].compactMap { $0 }
        .map { $0.reshaped(to: [$0.shape.elementCount]) }, axis: 0)
  }
}
