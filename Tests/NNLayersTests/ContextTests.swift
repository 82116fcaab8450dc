import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// What a layer passes to the layers inside it, and what they report.
@Suite("context and reports of layers") struct ContextTests {
  private enum Factor: ContextKey { static var defaultValue: Double { 1 } }
  private enum Paths: ReportKey { typealias Value = String }

  private struct Scaled: Layer {
    var description: String { "Scaled" }

    func callAsFunction(_ input: Value, in scope: Scope) -> Value {
      scope.report(Paths.self, scope.path)
      return input * scope[Factor.self]
    }
  }

  private struct WithFactor: Layer {
    let factor: Double
    let layers: [any Layer]
    var description: String { "WithFactor" }

    func callAsFunction(_ input: Value, in scope: Scope) -> Value {
      Sequential(layers)(input, in: scope.setting(Factor.self, to: factor))
    }
  }

  @Test func aValueReachesTheLayersInside() throws {
    let model = Model([
      Scaled(), WithFactor(factor: 10, layers: [Scaled(), Residual([Scaled()])]), Scaled(),
    ])
    let network = try Network(model, input: TensorType([1, 2], .float64))
    let result = try network.run(HostTensor([1.0, 2], shape: [1, 2]))
    #expect(result["output"]?.doubles == [110, 220])
    #expect(network.output.reports(of: Paths.self) == ["0", "1.0", "1.1.0", "2"])
  }

  /// The layer `EncoderDecoder`, written with what every layer may use.
  private struct OwnEncoderDecoder: Layer {
    let encoder: any Layer
    let decoder: any Layer
    var description: String { "OwnEncoderDecoder" }

    func callAsFunction(_ input: Value, in scope: Scope) -> Value {
      if scope.mode == .generation, let memory = scope.memory {
        return scope.decoding(memory).apply(decoder, to: input, named: "decoder")
      }
      let encoded = scope.apply(encoder, to: input, named: "encoder")
      let memory = Memory(
        encoded, lengths: scope.lengths, finalStates: scope.reports(of: FinalStates.self))
      scope.report(EncodedMemory.self, memory)
      return scope.decoding(memory)
        .apply(decoder, to: scope.input("decoder_input"), named: "decoder")
    }
  }

  @Test func anEncoderDecoderIsAnOrdinaryLayer() throws {
    let encoder = Sequential([Embedding(6), GRU(5)])
    let decoder = Sequential([Embedding(6), GRU(5, start: .encoder), DotAttention(), Dense(nil)])
    let source = HostTensor.labels([2, 4], classes: 7, dtype: .int32, seed: 3)
    let target = HostTensor.labels([2, 3], classes: 9, dtype: .int32, seed: 4)
    func output(_ layer: any Layer) throws -> HostTensor {
      let signature = InputSignature(
        Ports(TensorType([4], .int32), decoderValues: TensorType([3], .int32)),
        vocabulary: VocabularySizes(input: 7, output: 9), dtype: .float64)
      let model = Model(layer)
      let layout = try model.layout(signature)
      let graph = Graph()
      let built = model.build(
        in: graph, input: signature.batch(of: 2).map { graph.input($0, $1) }, layout: layout,
        mode: .evaluation)
      let variables = VariableStore()
      for (name, tensor) in try layout.initialVariables(seed: 5) { variables[name] = tensor }
      let function = try Function(graph, outputs: ["y": built.value], variables: variables)
      return try #require(try function(["input": source, "decoder_input": target])["y"])
    }
    #expect(
      try output(OwnEncoderDecoder(encoder: encoder, decoder: decoder))
        == output(EncoderDecoder(encoder: encoder, decoder: decoder)))
  }
}
