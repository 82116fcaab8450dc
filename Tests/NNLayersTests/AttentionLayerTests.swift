import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Embeddings, positions and transformers beyond the fixtures.
@Suite struct AttentionLayerTests {
  private static let options = TransformerOptions(
    numHeads: 2, dimFeedforward: 5, dropout: 0, activation: .gelu, isCausal: true)

  private func run(_ model: Model, _ input: HostTensor) throws -> HostTensor {
    let network = try Network(model, input: TensorType(input.shape, input.dtype))
    return try #require(try network.run(input)["output"])
  }

  /// With an odd width the last sine has no cosine.
  @Test(arguments: [6, 7, 2, 1]) func sinusoidalPositionsFollowTheFormula(width: Int) throws {
    let steps = 40
    let found = try run(
      Model([SinusoidalPositions()]), HostTensor(zeros: [1, steps, width], dtype: .float64))
    let expected = (0..<steps).flatMap { step in
      (0..<width).map { column in
        let angle = Double(step) / pow(10_000, Double(column / 2 * 2) / Double(width))
        return column % 2 == 0 ? sin(angle) : cos(angle)
      }
    }
    expectClose(found.doubles, expected)
  }

  /// Products of rotated queries and keys depend only on the distance of their positions: equal
  /// inputs at all steps get the same attention wherever the query is.
  @Test func rotaryPositionsKeepDistances() throws {
    let (steps, width) = (9, 8)
    let row = HostTensor.normal([1, 1, width], seed: 3).doubles
    let input = HostTensor(
      (0..<steps).flatMap { _ in row }, shape: [1, steps, width])
    let network = try Network(
      Model([Weights(MultiheadAttention(numHeads: 2, rotary: RotaryPositions()))]),
      input: TensorType(input.shape, .float64))
    let weights = try #require(try network.run(input)["output"]).doubles
    func ratio(_ query: Int, _ key: Int) -> Double {
      weights[query * steps + key] / weights[query * steps + query]
    }
    for shift in 0..<4 {
      #expect(abs(ratio(shift, shift + 3) - ratio(0, 3)) < 1e-12)
      #expect(abs(ratio(shift + 4, shift) - ratio(4, 0)) < 1e-12)
    }
    #expect(abs(ratio(0, 3) - 1) > 1e-6)
    for query in 0..<steps {
      let sum = weights[query * steps..<(query + 1) * steps].reduce(0, +)
      #expect(abs(sum - 1) < 1e-12)
    }
  }

  /// Returns the weights instead of the output.
  private struct Weights: Layer {
    let attention: MultiheadAttention
    var description: String { "Weights" }

    init(_ attention: MultiheadAttention) { self.attention = attention }

    func callAsFunction(_ input: Value, in scope: Scope) -> Value {
      attention.withWeights(input, in: scope).weights
    }
  }

  /// Dropout uses separate ops; without a mask both implementations have the same result.
  @Test func weightsAreDroppedInTraining() throws {
    let input = HostTensor.normal([2, 6, 8], seed: 1)
    let type = TensorType(input.shape, .float64)
    let plain = Model([MultiheadAttention(numHeads: 2)])
    let dropping = Model([MultiheadAttention(numHeads: 2, dropout: 0.5)])
    let expected = try #require(try Network(plain, input: type).run(input)["output"])
    let evaluated = try #require(try Network(dropping, input: type).run(input)["output"])
    expectIdentical(evaluated, expected)
    let training = try Network(dropping, input: type, mode: .training)
    let first = try #require(try training.run(input, step: 1)["output"])
    let second = try #require(try training.run(input, step: 2)["output"])
    #expect(first != expected && first != second)
  }

  /// In training a decoder must not see the steps that it predicts.
  @Test func attentionToLaterStepsIsRejectedInADecoder() throws {
    func problem(_ mode: Mode, causal: Bool, memory: Bool) throws -> String? {
      let graph = Graph()
      let model = Model([InDecoder(isCausal: causal, hasMemory: memory)])
      let type = TensorType([2, 3, 4], .float64)
      let layout = try model.layout(input: type)
      _ = model.build(
        in: graph, input: graph.input("x", type), layout: layout, mode: mode,
        randomState: graph.input("random", TensorType([2], .int64)))
      return graph.diagnostics.first?.message
    }
    #expect(
      try problem(.training, causal: false, memory: true)?.contains(
        "attends to later steps in a decoder") == true)
    #expect(try problem(.training, causal: true, memory: true) == nil)
    #expect(try problem(.training, causal: false, memory: false) == nil)
    #expect(try problem(.evaluation, causal: false, memory: true) == nil)
  }

  private struct InDecoder: Layer {
    let isCausal: Bool
    let hasMemory: Bool
    var description: String { "InDecoder" }

    func callAsFunction(_ input: Value, in scope: Scope) -> Value {
      let attention = MultiheadAttention(numHeads: 2, isCausal: isCausal)
      return attention(input, in: hasMemory ? scope.decoding(Memory(input)) : scope)
    }
  }

  // MARK: - Tokens

  private func tokens(_ rows: Int, _ steps: Int, below bound: Int) -> HostTensor {
    let random = Philox(seed: 5)
    return HostTensor(
      (0..<rows * steps).map { Int32(random.integer($0, below: bound)) }
    ).reshaped(to: [rows, steps])
  }

  private func layout(_ model: Model, steps: Int, vocabulary: Int) throws -> ParameterLayout {
    try model.layout(
      InputSignature(
        Ports(TensorType([steps], .int32)),
        vocabulary: VocabularySizes(input: vocabulary), dtype: .float64))
  }

  private func store(_ layout: ParameterLayout) throws -> VariableStore {
    let variables = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: 4) { variables[name] = tensor }
    return variables
  }

  @Test func thePaddingTokenStartsAtZeroAndStaysThere() throws {
    let model = Model([Embedding(3, paddingIdx: 2)])
    let layout = try layout(model, steps: 4, vocabulary: 5)
    let weight = try #require(try layout.initialize(seed: 1)["0.weight"])
    #expect(weight.shape == [5, 3])
    for row in 0..<5 {
      let isZero = weight.doubles[row * 3..<row * 3 + 3].allSatisfy { $0 == 0 }
      #expect(isZero == (row == 2))
    }
  }

  @Test func aTiedLayerSharesTheTable() throws {
    let model = Model([Embedding(3).named("table"), TiedLinear(to: "table")])
    let layout = try layout(model, steps: 4, vocabulary: 5)
    #expect(layout.parameters.map(\.name) == ["table.weight"])
    let graph = Graph()
    let input = tokens(2, 4, below: 5)
    let source = graph.input("input", TensorType(input.shape, .int32))
    let built = model.build(in: graph, input: source, layout: layout, mode: .evaluation)
    let gradient = graph.gradients(
      of: built.value.square().sum(), withRespectTo: [built.parameterValues[0].value])[0]
    let variables = try store(layout)
    let session = Session(
      try Plan(graph, fetches: [("y", built.value), ("gradient", gradient)]), variables: variables)
    session.write("input", input)
    session.run()
    let flat = try #require(variables[ParameterLayout.variableName])
    let table = try #require(layout.parts(of: flat).first).1.doubles
    func loss(_ table: [Double]) -> Double {
      input.doubles.reduce(0) { total, token in
        (0..<5).reduce(total) { total, row in
          let score = (0..<3).reduce(0) { $0 + table[Int(token) * 3 + $1] * table[row * 3 + $1] }
          return total + score * score
        }
      }
    }
    let numeric = numericalGradient(at: HostTensor(table, shape: [5, 3])) { loss($0.doubles) }
    expectClose(session.read("gradient"), numeric, .centralDifferences)
  }

  // MARK: - Generation

  static let generators: [(name: String, model: Model)] = [
    (
      "learnt positions",
      Model([
        Embedding(8), LearntPositions(7), TransformerEncoder(2, options, finalNorm: true),
        Dense(nil),
      ])
    ),
    (
      "sinusoidal positions",
      Model([Embedding(8), SinusoidalPositions(), TransformerEncoder(2, options), Dense(nil)])
    ),
    (
      "rotary positions",
      Model([
        Embedding(8),
        TransformerEncoder(
          1,
          TransformerOptions(
            numHeads: 2, dimFeedforward: 5, normFirst: true, isCausal: true,
            rotary: RotaryPositions())), Dense(nil),
      ])
    ),
  ]

  @Test(arguments: generators.indices)
  func singleStepsMatchTheWholeSequence(index: Int) throws {
    let model = Self.generators[index].model
    let (rows, steps, vocabulary) = (3, 7, 11)
    let input = tokens(rows, steps, below: vocabulary)
    let layout = try layout(model, steps: steps, vocabulary: vocabulary)
    let whole = Graph()
    let built = model.build(
      in: whole, input: whole.input("input", TensorType(input.shape, .int32)), layout: layout,
      mode: .evaluation)
    let session = Session(
      try Plan(whole, fetches: [("y", built.value)]), variables: try store(layout))
    session.write("input", input)
    session.run()
    try compareSteps(
      model, layout, input, contextLength: steps, memory: nil, expected: session.read("y"))
  }

  @Test func aDecoderGeneratesOverItsMemory() throws {
    let decoder = Sequential([Embedding(8), TransformerDecoder(2, Self.options), Dense(nil)])
    let model = Model(
      EncoderDecoder(encoder: Sequential([Embedding(8)]), decoder: decoder))
    let (rows, steps, vocabulary) = (2, 5, 9)
    let source = tokens(rows, 6, below: vocabulary)
    let target = tokens(rows, steps, below: vocabulary)
    let lengths = HostTensor([Int32(6), 3])
    let token = TensorType([6], .int32)
    let layout = try model.layout(
      InputSignature(
        Ports(
          token, lengths: TensorType([], .int32), decoderValues: TensorType([steps], .int32)),
        vocabulary: VocabularySizes(input: vocabulary), dtype: .float64))
    let graph = Graph()
    let parts = Ports(source, lengths: lengths, decoderValues: target)
    let built = model.build(
      in: graph, input: parts.map { graph.input($0, TensorType($1.shape, $1.dtype)) },
      layout: layout, mode: .evaluation)
    let memory = try #require(built.memory)
    let session = Session(
      try Plan(graph, fetches: [("y", built.value), ("memory", memory.values)]),
      variables: try store(layout))
    parts.forEach { session.write($0, $1) }
    session.run()
    try compareSteps(
      model, layout, target, contextLength: steps, memory: (session.read("memory"), lengths),
      expected: session.read("y"))
  }

  /// Compares a network's output for a whole sequence with its outputs step by step, and for
  /// several steps at once.
  private func compareSteps(
    _ model: Model, _ layout: ParameterLayout, _ input: HostTensor, contextLength: Int,
    memory: (values: HostTensor, lengths: HostTensor)?, expected: HostTensor
  ) throws {
    let steps = input.shape[1]
    for blocks in [[Int](repeating: 1, count: steps), [steps - 1, 1], [1, steps - 1]] {
      let variables = try store(layout)
      var start = 0
      for count in blocks {
        let found = try run(
          model, layout, input, steps: start..<start + count, contextLength: contextLength,
          memory: memory, variables)
        expectSteps(found, start..<start + count, of: expected)
        start += count
      }
    }
  }

  /// Runs a network over some steps of an input, with the variables' state of earlier steps.
  private func run(
    _ model: Model, _ layout: ParameterLayout, _ input: HostTensor, steps: Range<Int>,
    contextLength: Int, memory: (values: HostTensor, lengths: HostTensor)?,
    _ variables: VariableStore
  ) throws -> HostTensor {
    let rows = input.shape[0]
    let graph = Graph()
    let position = graph.input("position", TensorType([1], .int32))
    let positions = graph.input("positions", TensorType([steps.count], .int32))
    let memoryValues = memory.map {
      Memory(
        graph.input("memory", TensorType($0.values.shape, .float64)),
        lengths: graph.input("memory_lengths", TensorType([rows], .int32)))
    }
    let built = model.build(
      in: graph,
      input: Ports(graph.input("input", TensorType([rows, steps.count], .int32))),
      layout: layout, mode: .generation,
      generation: GenerationInput(
        position: position, positions: steps.count > 1 ? positions : nil,
        contextLength: contextLength, memory: memoryValues))
    let session = Session(
      try Plan(graph, fetches: [("y", built.value)], updates: built.stateUpdates),
      variables: variables)
    if let memory {
      session.write("memory", memory.values)
      session.write("memory_lengths", memory.lengths)
    }
    let tokens = (0..<rows).flatMap { row in
      steps.map { Int32(input.doubles[row * input.shape[1] + $0]) }
    }
    session.write("input", HostTensor(tokens, shape: [rows, steps.count]))
    session.write("position", HostTensor([Int32(steps.lowerBound)]))
    session.write("positions", HostTensor(steps.map(Int32.init)))
    session.run()
    return session.read("y")
  }

  private func expectSteps(_ found: HostTensor, _ steps: Range<Int>, of expected: HostTensor) {
    let (rows, length, classes) = (expected.shape[0], expected.shape[1], expected.shape[2])
    for row in 0..<rows {
      for step in steps {
        for column in 0..<classes {
          let wanted = expected.doubles[(row * length + step) * classes + column]
          let index = (row * steps.count + step - steps.lowerBound) * classes + column
          #expect(
            abs(found.doubles[index] - wanted) <= 1e-12 * (1 + abs(wanted)),
            "steps \(steps), step \(step), row \(row), class \(column)")
        }
      }
    }
  }

  // MARK: - Errors

  private func message(
    _ layers: any Layer..., input: TensorType = TensorType([2, 4, 6], .float32)
  ) -> String {
    do {
      _ = try Model(layers).layout(input: input)
      return ""
    } catch { return "\(error)" }
  }

  @Test func invalidLayersAreReported() {
    #expect(message(Embedding(4)).contains("vocabulary"))
    #expect(message(Embedding(4, numEmbeddings: 3)).contains("int32 tokens"))
    #expect(message(Embedding(4, numEmbeddings: 3, paddingIdx: 3)).contains("0..<3"))
    #expect(message(MultiheadAttention(numHeads: 4)).contains("4 equal heads"))
    #expect(message(MultiheadAttention(numHeads: 2, attendsToMemory: true)).contains("memory"))
    #expect(message(MultiheadAttention(numHeads: 2, rotary: .init())).contains("even"))
    #expect(message(DotAttention()).contains("memory"))
    #expect(message(AdditiveAttention(3)).contains("memory"))
    #expect(message(LearntPositions(3)).contains("at most 3"))
    #expect(message(TiedLinear(to: "table")).contains("`table`"))
    #expect(message(TransformerEncoder(0, Self.options)).contains("one layer"))
  }

  @Test func layersThatSeeLaterStepsCannotRunStepByStep() throws {
    let model = Model([MultiheadAttention(numHeads: 2)])
    let layout = try model.layout(input: TensorType([1, 4, 6], .float32))
    let graph = Graph()
    _ = model.build(
      in: graph, input: Ports(graph.input("input", TensorType([1, 1, 6], .float32))),
      layout: layout, mode: .generation,
      generation: GenerationInput(
        position: graph.input("position", TensorType([1], .int32)), contextLength: 4))
    #expect(graph.diagnostics.contains { $0.message.contains("step by step") })
  }
}
