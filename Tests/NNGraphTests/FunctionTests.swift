import NNCore
import NNGraph
import NNTestSupport
import Testing

@Suite("Functions of a graph")
struct FunctionTests {
  private func tensor(_ numbers: [Double], _ shape: Shape) -> HostTensor {
    HostTensor(numbers, shape: shape)
  }

  @Test("take tensors by name and return tensors by name")
  func calls() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([2, 3], .float64))
    let w = graph.variable("w", TensorType([3, 1], .float64))
    let function = try Function(graph, outputs: ["y": x.matMul(w), "sum": x.sum()])
    function.variables["w"] = tensor([1, 2, 3], [3, 1])
    #expect(function.inputs == ["x": TensorType([2, 3], .float64)])
    #expect(
      function.outputs == ["y": TensorType([2, 1], .float64), "sum": TensorType([], .float64)])
    let results = try function(["x": tensor([1, 0, 0, 0, 1, 1], [2, 3])])
    #expect(results["y"] == tensor([1, 5], [2, 1]))
    #expect(results["sum"]?.doubles == [3])
    function.variables["w"] = tensor([0, 0, 1], [3, 1])
    // An input that is left out keeps its tensor.
    #expect(try function()["y"] == tensor([0, 1], [2, 1]))
    #expect(try function.readScalar("sum") == 3)
  }

  @Test("update variables together, after the outputs are computed")
  func updates() throws {
    let graph = Graph()
    let (a, b) = (
      graph.variable("a", TensorType([2], .float64)), graph.variable("b", TensorType([2], .float64))
    )
    let function = try Function(
      graph, outputs: ["total": a + b], updates: [(a, b), (b, a + b)])
    function.variables["a"] = HostTensor([1.0, 2])
    function.variables["b"] = HostTensor([10.0, 20])
    #expect(try function()["total"]?.doubles == [11, 22])
    #expect(function.variables["a"]?.doubles == [10, 20])
    #expect(function.variables["b"]?.doubles == [11, 22])
  }

  @Test("share variables, as the two halves of adversarial training do")
  func sharedVariables() throws {
    let graph = Graph()
    let w = graph.variable("w", TensorType([1], .float64))
    let store = VariableStore()
    let step = try Function(graph, outputs: [:], updates: [(w, w + 1)], variables: store)
    let read = try Function(graph, outputs: ["w": w * 2], variables: store)
    for count in 1...3 {
      try step()
      #expect(try read()["w"]?.doubles == [Double(2 * count)])
    }
  }

  @Test("ignore unused inputs, but check their types")
  func unusedInputs() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([1], .float64))
    _ = graph.input("unused", TensorType([2], .float64))
    let function = try Function(graph, outputs: ["y": x + 1])
    let one = HostTensor([1.0])
    #expect(try function(["x": one])["y"]?.doubles == [2])
    #expect(try function(["x": one, "unused": HostTensor([1.0, 2])])["y"]?.doubles == [2])
    expectError("input `unused`: expected float64[2], found float64[1]") {
      try function(["x": one, "unused": one])
    }
  }

  @Test("report invalid calls")
  func errors() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([2], .float64))
    let y = graph.input("y", TensorType([2], .float64))
    let function = try Function(graph, outputs: ["z": x + y])
    let two = HostTensor([1.0, 2])
    expectError("inputs `x`, `y` are missing", "pass a tensor for each input") { try function() }
    expectError("input `y` is missing") { try function(["x": two]) }
    expectError("there is no input `w`", "inputs: `x`, `y`") { try function(["w": two]) }
    expectError("input `x`: expected float64[2], found float64[1]") {
      try function(["x": HostTensor([1.0]), "y": two])
    }
    expectError("input `x`: expected float64[2], found float32[2]") {
      try function(["x": two.converted(to: .float32), "y": two])
    }
    expectError("there is no output `x`", "outputs: `z`") { _ = try function.read("x") }
    expectError("output `z` is float64[2], not one floating-point number") {
      _ = try function.readScalar("z")
    }
    expectError("two outputs have the name `a`") {
      _ = try Function(graph, outputs: [("a", x), ("a", y)])
    }
    expectError("there is no input `x`", "the function has no inputs") {
      try Function(Graph(), outputs: [:])(["x": two])
    }
  }

  @Test("reject one name with two types")
  func misdeclared() throws {
    let graph = Graph()
    let x = graph.input("x", TensorType([2], .float64))
    _ = graph.input("x", TensorType([3], .float64))
    expectError("the input `x` is declared as float64[3], and as float64[2] before") {
      _ = try Function(graph, outputs: ["x": x])
    }
  }
}

@Suite("Custom gradients")
struct CustomGradientTests {
  @Test("replace the gradient of the computation")
  func replaced() throws {
    let x = HostTensor([0.2, 1.7, -0.4])
    // Rounds in the forward pass; the gradient passes unchanged.
    let results = try evaluate([x, HostTensor([2.0, 3, 4])]) { values in
      let rounded = (values[0] + 0.5).floor().withGradient(of: [values[0]]) { cotangent, _ in
        [cotangent]
      }
      let loss = (rounded * values[1]).sum()
      return [rounded] + values[0].graph.gradients(of: loss, withRespectTo: values)
    }
    #expect(results[0].doubles == [0, 2, 0])
    #expect(results[1].doubles == [2, 3, 4])
    #expect(results[2].doubles == [0, 2, 0])
  }

  @Test("may depend on their sources, be broadcast, and be differentiated again")
  func ofSources() throws {
    // A constant with the gradient 3x² of x³: the second derivative is 6x.
    let results = try evaluate([HostTensor([2.0, -1])]) { values in
      let x = values[0]
      let y = (x * 0 + 1).withGradient(of: [x]) { cotangent, sources in
        [cotangent * 3 * sources[0].square()]
      }
      let first = x.graph.gradients(of: y.sum(), withRespectTo: [x])[0]
      return [y, first] + x.graph.gradients(of: first.sum(), withRespectTo: [x])
    }
    #expect(results.map { $0.doubles } == [[1, 1], [12, 3], [12, -6]])
    let scalar = try evaluate([HostTensor([2.0], shape: [1]), HostTensor([1.0, 2, 3])]) { values in
      let y = (values[0] * values[1]).withGradient(of: [values[0]]) { cotangent, _ in [cotangent] }
      return values[0].graph.gradients(of: y.sum(), withRespectTo: [values[0]])
    }
    #expect(scalar[0] == HostTensor([3.0], shape: [1]))
  }

  @Test("of a wrong number or shape are errors")
  func errors() {
    let type = TensorType([2], .float64)
    let count = diagnosticText([type]) { values in
      let y = values[0].withGradient(of: values) { _, _ in [] }
      return values[0].graph.gradients(of: y.sum(), withRespectTo: values)[0]
    }
    #expect(count.contains("a gradient rule returned 0 gradients for 1 sources"))
    let shape = diagnosticText([type]) { values in
      let y = values[0].withGradient(of: values) { cotangent, _ in
        [cotangent.sum().reshaped(to: [1]).broadcast(to: [3])]
      }
      return values[0].graph.gradients(of: y.sum(), withRespectTo: values)[0]
    }
    #expect(
      shape.contains("a gradient rule returned float64[3] for a source of float64[2]"), "\(shape)")
  }

  /// An op without a gradient rule.
  private struct Opaque: ViewOp {
    static let name = "opaque"
    func inferTypes(_ inputs: [TensorType]) -> [TensorType] { inputs }
    func byteOffset(input: TensorType) -> Int { 0 }
  }

  @Test("that are missing are errors, not zeros")
  func missing() {
    let message = diagnosticText([TensorType([2], .float64)]) { values in
      let y = values[0].graph.add(Opaque(), values)[0]
      return values[0].graph.gradients(of: y.sum(), withRespectTo: values)[0]
    }
    #expect(message.contains("opaque has no gradient rule"))
  }
}
