import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// Properties of every recurrent layer, whatever its weights.
@Suite struct RecurrentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let layer: any Layer
    var testDescription: String { name }
  }

  static let oneDirection = [
    Case(name: "RNN", layer: RNN(7, layers: 2)),
    Case(name: "RNN relu", layer: RNN(5, nonlinearity: .relu, bias: false)),
    Case(name: "LSTM", layer: LSTM(7, layers: 2)), Case(name: "wide LSTM", layer: LSTM(300)),
    Case(name: "projected LSTM", layer: LSTM(6, layers: 2, projectionSize: 4)),
    Case(name: "GRU", layer: GRU(7, layers: 3)), Case(name: "wide GRU", layer: GRU(310)),
    Case(name: "GRU before", layer: GRU(7, layers: 2, reset: .before)),
  ]
  static let cases =
    oneDirection + [
      Case(name: "RNN both", layer: RNN(7, bidirectional: true)),
      Case(name: "LSTM both", layer: LSTM(7, layers: 2, bidirectional: true)),
      Case(name: "last LSTM both", layer: LSTM(5, bidirectional: true, returns: .last)),
      Case(name: "GRU both", layer: GRU(7, layers: 2, bidirectional: true)),
      Case(name: "GRU before both", layer: GRU(7, bidirectional: true, reset: .before)),
    ]

  /// The output, the gradient of all parameters and the gradient of the input of one run.
  private func run(
    _ layer: any Layer, _ input: HostTensor, lengths: [Int32]? = nil
  ) throws -> [HostTensor] {
    let graph = Graph()
    let type = TensorType(input.shape, input.dtype)
    let source = graph.input("input", type)
    let lengthValue = lengths.map { graph.input("lengths", TensorType([$0.count], .int32)) }
    let model = Model(layer)
    let layout = try model.layout(input: type)
    let built = model.build(
      in: graph, input: Ports(source, lengths: lengthValue), layout: layout, mode: .training)
    let loss = built.value.square().sum()
    let fetches = [
      ("output", built.value), ("parameters", built.gradient(of: loss)),
      ("input", graph.gradients(of: loss, withRespectTo: [source])[0]),
    ]
    let store = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: 3) { store[name] = tensor }
    let session = Session(try Plan(graph, fetches: fetches), variables: store)
    session.write("input", input)
    if let lengths { session.write("lengths", HostTensor(lengths)) }
    session.run()
    return fetches.map { session.read($0.0) }
  }

  @Test(arguments: cases, [DType.float32, .float64])
  func stepsPastTheLengthInfluenceNothing(example: Case, dtype: DType) throws {
    let lengths: [Int32] = [4, 1, 6, 3]
    let input = HostTensor.normal([4, 6, 3], dtype: dtype, seed: 4)
    var numbers = input.doubles
    for (row, length) in lengths.enumerated() {
      for index in Int(length) * 3..<6 * 3 { numbers[row * 18 + index] = 1e6 - Double(index) }
    }
    let changed = HostTensor(doubles: numbers, shape: input.shape, dtype: dtype)
    let expected = try run(example.layer, input, lengths: lengths)
    let found = try run(example.layer, changed, lengths: lengths)
    for (found, expected) in zip(found, expected) {
      expectIdentical(found, expected, example.name)
    }
  }

  /// Many sequences multiply inputs and states together, a single sequence does not.
  @Test(arguments: cases)
  func aSequenceInABatchHasTheSameResultAlone(example: Case) throws {
    let lengths: [Int32] = [6, 2, 5, 6, 1, 3, 4, 6, 5, 2, 6, 1, 1, 5, 6, 4, 3, 2, 6]
    let input = HostTensor.normal([19, 6, 3], seed: 5)
    let together = try run(example.layer, input, lengths: lengths)
    for row in [0, 1, 4, 10, 18] {
      let count = Int(lengths[row])
      let short = HostTensor(
        Array(input.doubles[row * 18..<row * 18 + count * 3]), shape: [1, count, 3])
      let alone = try run(example.layer, short)
      for (together, alone) in [(together[0], alone[0]), (together[2], alone[2])] {
        let width = together.elementCount / 19
        let part = Array(together.doubles[row * width..<row * width + alone.elementCount])
        for (found, expected) in zip(part, alone.doubles) {
          #expect(abs(found - expected) <= 1e-12 * max(1, abs(expected)), "\(example.name) \(row)")
        }
      }
    }
  }

  @Test(arguments: oneDirection)
  func singleStepsMatchTheWholeSequence(example: Case) throws {
    let input = HostTensor.normal([3, 5, 4], seed: 6)
    let model = Model(example.layer)
    let layout = try model.layout(input: TensorType(input.shape, .float64))
    let store = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: 3) { store[name] = tensor }
    let whole = try run(example.layer, input)[0]

    let graph = Graph()
    let rows = graph.input("input", TensorType([3, 1, 4], .float64))
    let built = model.build(
      in: graph, input: Ports(rows), layout: layout, mode: .generation,
      generation: GenerationInput(
        position: graph.input("position", TensorType([1], .int32)), contextLength: 5))
    let plan = try Plan(graph, fetches: [("output", built.value)], updates: built.stateUpdates)
    let session = Session(plan, variables: store)
    for step in 0..<5 {
      session.write("input", part(of: input, step: step))
      session.write("position", HostTensor([Int32(step)]))
      session.run()
      expectClose(
        session.read("output"), part(of: whole, step: step), .float64,
        "\(example.name) step \(step)")
    }
  }

  /// One step of [N, T, …] as [N, 1, …].
  private func part(of tensor: HostTensor, step: Int) -> HostTensor {
    let (rows, steps, width) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
    let numbers = tensor.doubles
    var result: [Double] = []
    for row in 0..<rows {
      let start = (row * steps + step) * width
      result += numbers[start..<start + width]
    }
    return HostTensor(result, shape: [rows, 1, width])
  }

  /// A loop of cells with the names of the layer's parameters.
  private struct Loop: Layer {
    let kind: String
    var description: String { "Loop" }

    func callAsFunction(_ input: Value, in scope: Scope) -> Value {
      let (rows, inputs) = (input.shape[0], input.shape[2])
      var hidden = scope.graph.constant(HostTensor(zeros: [rows, 5], dtype: input.dtype))
      var memory = hidden
      let rnn = kind == "RNN" ? RNNCell(5, inputs: inputs, in: scope) : nil
      let lstm = kind == "LSTM" ? LSTMCell(5, inputs: inputs, in: scope) : nil
      let gru = kind == "GRU" ? GRUCell(5, inputs: inputs, in: scope) : nil
      let before =
        kind == "GRU before" ? GRUCell(5, inputs: inputs, reset: .before, in: scope) : nil
      return .concatenated(
        (0..<input.shape[1]).map { step in
          let x = input.narrowed(to: step..<step + 1, axis: 1).reshaped(to: [rows, inputs])
          if let rnn { hidden = rnn(x, hidden: hidden) }
          if let lstm { (hidden, memory) = lstm(x, hidden: hidden, cell: memory) }
          if let gru { hidden = gru(x, hidden: hidden) }
          if let before { hidden = before(x, hidden: hidden) }
          return hidden.reshaped(to: [rows, 1, 5])
        }, axis: 1)
    }
  }

  @Test(arguments: [
    Case(name: "RNN", layer: RNN(5)), Case(name: "LSTM", layer: LSTM(5)),
    Case(name: "GRU", layer: GRU(5)), Case(name: "GRU before", layer: GRU(5, reset: .before)),
  ])
  func loopsOfCellsMatchLayers(example: Case) throws {
    let input = HostTensor.normal([3, 4, 2], seed: 7)
    let expected = try run(example.layer, input)
    for (found, expected) in zip(try run(Loop(kind: example.name), input), expected) {
      expectClose(found, expected, .float64, example.name)
    }
  }

  @Test func secondDerivativesAreRejectedNotIgnored() throws {
    let graph = Graph()
    let input = graph.input("input", TensorType([2, 3, 4], .float64))
    let model = Model(LSTM(5))
    let layout = try model.layout(input: input.type)
    let built = model.build(in: graph, input: input, layout: layout, mode: .training)
    let first = graph.gradients(of: built.value.sum(), withRespectTo: [input])[0]
    try graph.validate()
    _ = graph.gradients(of: first.square().sum(), withRespectTo: [input])
    #expect(throws: NNError.self) { try graph.validate() }
    #expect(graph.diagnostics.first?.message.contains("no second derivatives") == true)
  }

  /// Dropout scales what it keeps, and only between layers.
  @Test func dropoutAppliesOnlyBetweenLayers() throws {
    let type = TensorType([2, 3, 4], .float64)
    let input = HostTensor.normal(type.shape, seed: 8)
    func output(_ dropout: Double, layers: Int, mode: Mode) throws -> [Double] {
      let model = Model(RNN(6, layers: layers, dropout: dropout))
      return try Network(model, input: type, mode: mode).run(input)["output"]?.doubles ?? []
    }
    for layers in [1, 2] {
      let plain = try output(0, layers: layers, mode: .training)
      #expect(plain.count == 36)
      #expect(try output(0.5, layers: layers, mode: .evaluation) == plain)
      #expect(try (output(0.5, layers: layers, mode: .training) == plain) == (layers == 1))
    }
  }

  @Test func decodersStartFromTheirEncoder() throws {
    let model = Model(
      EncoderDecoder(
        encoder: { GRU(3, layers: 2) }, decoder: { GRU(3, layers: 2, start: .encoder) }))
    let graph = Graph()
    let source = graph.input("input", TensorType([2, 4, 5], .float64))
    let target = graph.input("decoder_input", TensorType([2, 3, 5], .float64))
    let row = Ports(
      TensorType([4, 5], .float64), decoderValues: TensorType([3, 5], .float64))
    let layout = try model.layout(InputSignature(row, dtype: .float64))
    let built = model.build(
      in: graph, input: Ports(source, decoderValues: target), layout: layout,
      mode: .evaluation)
    // The output of the decoder depends on the source only through the states.
    let gradient = graph.gradients(of: built.value.sum(), withRespectTo: [source])[0]
    let store = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: 3) { store[name] = tensor }
    let session = Session(
      try Plan(graph, fetches: [("gradient", gradient)]), variables: store)
    session.write("input", .normal([2, 4, 5], seed: 1))
    session.write("decoder_input", .normal([2, 3, 5], seed: 2))
    session.run()
    #expect(session.read("gradient").doubles.allSatisfy { $0 != 0 })
  }
}
