import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite("Pooling of steps") struct StepPoolingTests {
  /// Two sequences of three steps of two features; the second has one valid step.
  private static let input = HostTensor(
    [1.0, -2, 3, 0.5, -7, 4, 5, -6, .nan, 8, .infinity, 9], shape: [2, 3, 2])

  private func pooled(
    _ mode: StepPooling.Mode, _ input: HostTensor, lengths: [Int32]?
  ) throws -> HostTensor {
    let model = Model(StepPooling(mode))
    let steps = input.shape[1]
    let signature = InputSignature(
      Ports(
        TensorType([steps, input.shape[2]], input.dtype),
        lengths: lengths.map { _ in TensorType([], .int32) }), dtype: input.dtype)
    let graph = Graph()
    let built = model.build(
      in: graph, input: signature.batch(of: input.shape[0]).map { graph.input($0, $1) },
      layout: try model.layout(signature), mode: .evaluation)
    try graph.validate()
    let function = try Function(graph, outputs: ["output": built.value])
    try function.write(PortName.input, input)
    if let lengths { try function.write(PortName.lengths, HostTensor(lengths)) }
    try function.run()
    return try function.read("output")
  }

  @Test("steps past the length do not count, whatever they hold")
  func lengths() throws {
    let expected: [(StepPooling.Mode, [Double])] = [
      (.mean, [-1, 2.5 / 3, 5, -6]), (.sum, [-3, 2.5, 5, -6]), (.max, [3, 4, 5, -6]),
    ]
    for (mode, numbers) in expected {
      let found = try pooled(mode, Self.input, lengths: [3, 1])
      #expect(found.shape == [2, 2])
      expectClose(found.doubles, numbers, .float64, "\(mode)")
    }
  }

  @Test("without lengths all steps count")
  func allSteps() throws {
    let input = HostTensor([1.0, 2, -4, 8, 0, 5], shape: [1, 3, 2])
    for (mode, numbers) in [
      (StepPooling.Mode.mean, [-1.0, 5]), (.sum, [-3.0, 15]), (.max, [1.0, 8]),
    ] {
      expectClose(try pooled(mode, input, lengths: nil).doubles, numbers, .float64, "\(mode)")
      expectClose(try pooled(mode, input, lengths: [3]).doubles, numbers, .float64, "\(mode)")
    }
  }

  @Test("a text's vector does not depend on its padding")
  func padding() throws {
    let short = HostTensor([1.5, -2, 0.25, 7], shape: [1, 2, 2])
    let long = HostTensor(
      [1.5, -2, 0.25, 7] + [Double](repeating: 3, count: 62), shape: [1, 33, 2])
    for mode in StepPooling.Mode.allCases {
      expectClose(
        try pooled(mode, short, lengths: [2]), try pooled(mode, long, lengths: [2]), nil, "\(mode)")
    }
  }

  @Test("inputs without steps are rejected, and so is generation")
  func rejected() throws {
    expectError("StepPooling mean", "expects 3 axes [N, steps, features], gets [N, 4]", "embedding")
    {
      _ = try Model([StepPooling()]).layout(input: TensorType([2, 4], .float64))
    }
    let signature = InputSignature(
      Ports(TensorType([3], .int32)), vocabulary: VocabularySizes(input: 5), dtype: .float64)
    let model = Model([Embedding(4), StepPooling(.max), Dense(5)])
    let layout = try model.layout(signature)
    let variables = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: 3) { variables[name] = tensor }
    expectError("`1` (StepPooling max): combines all steps of a sequence") {
      _ = try SequenceStepper(
        model, layout: layout, signature: signature, variables: variables, rows: 1)
    }
  }
}
