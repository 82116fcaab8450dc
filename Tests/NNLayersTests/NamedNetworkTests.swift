import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// Networks with names, of which several are in one graph and one store.
@Suite struct NamedNetworkTests {
  private let model = Model {
    Dense(3)
    BatchNorm1D()
    Dense(2).named("head")
  }
  private let type = TensorType([4, 3], .float64)

  @Test func variablesStartWithTheName() throws {
    let grouping = ParameterGrouping(frozen: ["0.weight"], groups: [["head.*"]])
    let layout = try model.layout(input: type, name: "critic", grouping: grouping)
    #expect(
      Set(try layout.initialVariables(seed: 1).keys) == [
        "critic.parameters", "critic.parameters.1", "critic.parameters.frozen",
        "critic.1.running_mean", "critic.1.running_var", "critic.1.num_batches_tracked",
      ])
    #expect(layout.groups.map(\.optimizerKey) == ["critic", "critic.1", "critic.frozen"])
    #expect(try model.layout(input: type).groups.map(\.optimizerKey) == [nil])
  }

  /// Tensors have PyTorch's names whatever the network is called, and the same values.
  @Test func tensorsDoNotDependOnTheName() throws {
    let (plain, named) = (
      try model.layout(input: type), try model.layout(input: type, name: "critic")
    )
    let tensors = try plain.initialize(seed: 3)
    #expect(try named.initialize(seed: 3) == tensors)
    let store = VariableStore()
    store.merge(try named.variables(from: tensors))
    let found = try named.tensors(in: store)
    #expect(found.map(\.name) == plain.entries.map(\.name))
    for (name, tensor) in found { #expect(tensor == tensors[name], "\(name)") }
    expectError("the variable `critic.1.running_mean` is missing") {
      store["critic.1.running_mean"] = nil
      _ = try named.tensors(in: store)
    }
  }

  /// Each network computes with its own weights and updates its own statistics.
  @Test func twoNetworksShareAGraphAndAStore() throws {
    let store = VariableStore()
    let graph = Graph()
    let x = graph.input("x", type)
    let alone = try ["first", "second"].enumerated().map { index, name in
      let layout = try model.layout(input: type, name: name)
      store.merge(try layout.initialVariables(seed: UInt64(index)))
      return (layout, model.build(in: graph, input: x, layout: layout, mode: .training))
    }
    let together = try Function(
      graph, outputs: alone.enumerated().map { (name: "\($0)", value: $1.1.value) },
      updates: alone.flatMap(\.1.bufferUpdates), variables: store)
    let rows = HostTensor.random([4, 3], seed: 5)
    let results = try together(["x": rows])
    for (index, (layout, _)) in alone.enumerated() {
      let own = VariableStore()
      let plain = try model.layout(input: type)
      own.merge(try plain.initialVariables(seed: UInt64(index)))
      let single = Graph()
      let built = model.build(
        in: single, input: single.input("x", type), layout: plain, mode: .training)
      let function = try Function(
        single, outputs: ["y": built.value], updates: built.bufferUpdates, variables: own)
      let expected = try #require(try function(["x": rows])["y"])
      #expect(results["\(index)"] == expected)
      for (one, other) in zip(try layout.tensors(in: store), try plain.tensors(in: own)) {
        #expect(one.tensor == other.tensor, "\(one.name)")
      }
    }
    #expect(results["0"] != results["1"])
  }

  /// The flat tensors of both have 32 elements with gaps, so types alone would not tell them apart.
  @Test(
    arguments: [
      (nil, "two networks in one graph have no names"),
      ("critic", "two networks in one graph are called `critic`"),
    ] as [(String?, String)])
  func twoNetworksOfOneNameAreAnError(name: String?, message: String) throws {
    let graph = Graph()
    for outputs in [2, 3] {
      let model = Model([Dense(outputs)])
      let layout = try model.layout(input: type, name: name)
      #expect(layout.count == 32)
      for _ in 0..<2 {
        _ = model.build(
          in: graph, input: graph.input("x", type), layout: layout, mode: .evaluation)
      }
      if outputs == 2 { try graph.validate() }
    }
    expectError(message, "model.layout(input: type, name:") { try graph.validate() }
  }

  @Test(arguments: ["", "1", "a.b", ".a"]) func badNamesAreErrors(name: String) {
    expectError("a network cannot be named `\(name)`", "starts with a letter") {
      _ = try model.layout(input: type, name: name)
    }
  }

  /// Two networks in one graph, and two uses of one, draw different random numbers.
  @Test func randomNumbersDiffer() throws {
    let graph = Graph()
    let state = graph.input("random", TensorType([2], .int64))
    let x = graph.input("x", TensorType([1, 1000], .float64))
    let model = Model([Dropout(0.5)])
    let layout = try model.layout(input: x.type)
    let values = (0..<2).map { _ in
      model.build(in: graph, input: x, layout: layout, mode: .training, randomState: state).value
    }
    let function = try Function(graph, outputs: ["one": values[0], "other": values[1]])
    let ones = HostTensor([Double](repeating: 1, count: 1000), shape: [1, 1000])
    let results = try function(["x": ones, "random": HostTensor([1, 1] as [Int64])])
    let pairs = zip(try #require(results["one"]).doubles, try #require(results["other"]).doubles)
    #expect((400...600).contains(pairs.count { $0 == $1 }))
  }
}

/// A layer with noise of its own.
private struct Noise: Layer {
  let always: Bool
  var description: String { "Noise" }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard always || scope.mode == .training else { return input }
    return input + scope.randomNormal(input.shape)
  }
}

@Suite struct RandomLayerTests {
  @Test func noiseIsThatOfTheGraph() throws {
    let graph = Graph()
    let state = graph.input("random", TensorType([2], .int64))
    let x = graph.input("x", TensorType([2, 50], .float32))
    let model = Model([Noise(always: false)])
    let layout = try model.layout(input: x.type)
    let built = model.build(
      in: graph, input: x, layout: layout, mode: .training, randomState: state)
    let other = Graph()
    let expected = other.randomNormal(
      x.type, state: other.input("random", TensorType([2], .int64)))
    let moment = HostTensor([4, 2] as [Int64])
    let found = try Function(graph, outputs: ["y": built.value])(
      ["x": HostTensor(zeros: [2, 50]), "random": moment])
    #expect(found["y"] == (try Function(other, outputs: ["y": expected])(["random": moment])["y"]))
  }

  @Test func noiseInEvaluationIsAnError() {
    expectError(
      "`0` (Noise): needs random numbers in evaluation mode", "`scope.mode == .training`"
    ) { _ = try Model([Noise(always: true)]).layout(input: TensorType([2, 3], .float32)) }
  }
}
