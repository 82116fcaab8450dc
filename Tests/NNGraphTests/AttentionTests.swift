import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Fused attention against the same computation in separate ops, and its errors.
@Suite struct AttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var steps = 7
    var keys = 7
    var heads = 2
    var isPacked = true
    var isCausal = false
    var hasLengths = false
    var hasPosition = false
    var mask: Shape?
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "plain"), Case(name: "causal", isCausal: true),
    Case(name: "lengths", hasLengths: true),
    Case(name: "causal with lengths", isCausal: true, hasLengths: true),
    Case(name: "mask", mask: [7, 7]), Case(name: "mask per example", mask: [3, 7, 7]),
    Case(name: "long and causal", steps: 150, keys: 150, heads: 1, isCausal: true),
    Case(name: "cross-attention", steps: 4, keys: 9, isPacked: false, hasLengths: true),
    Case(name: "cross-attention with a mask", steps: 4, keys: 9, isPacked: false, mask: [4, 9]),
    Case(
      name: "one step of generation", steps: 1, keys: 12, isPacked: false, isCausal: true,
      hasPosition: true),
  ]

  private static let width = 8

  /// The output and gradients of the fused op and of the separate ops, by name.
  private func run(_ example: Case, _ dtype: DType) throws -> [(String, HostTensor, HostTensor)] {
    let (batch, width) = (3, Self.width)
    let graph = Graph()
    var feeds: [(String, HostTensor)] = []
    func input(_ name: String, _ shape: Shape) -> Value {
      let tensor = HostTensor.normal(shape, seed: UInt64(feeds.count + 1)).converted(to: dtype)
      feeds.append((name, tensor))
      return graph.input(name, TensorType(shape, dtype))
    }
    func integers(_ name: String, _ values: [Int32]) -> Value {
      feeds.append((name, HostTensor(values)))
      return graph.input(name, TensorType([values.count], .int32))
    }
    let inputs: AttentionInputs
    let sources: [Value]
    if example.isPacked {
      sources = [input("packed", [batch, example.steps, 3 * width])]
      inputs = .packed(sources[0])
    } else {
      sources = [
        input("queries", [batch, example.steps, width]),
        input("memory", [batch, example.keys, 2 * width]),
      ]
      inputs = .paired(queries: sources[0], keysAndValues: sources[1])
    }
    let rules = AttentionRules(
      isCausal: example.isCausal,
      lengths: example.hasLengths ? integers("lengths", [3, 0, 7]) : nil,
      position: example.hasPosition ? integers("position", [5]) : nil,
      mask: example.mask.map { input("mask", $0) })
    let fused = graph.attention(inputs, heads: example.heads, rules: rules)
    let (apart, weights) = graph.attentionWithWeights(inputs, heads: example.heads, rules: rules)
    let cotangent = input("cotangent", fused.shape)
    var fetches: [(name: String, value: Value)] = [("fused", fused), ("apart", apart)]
    fetches.append(("weights", weights.sum(axes: [3])))
    for (name, output) in [("fused", fused), ("apart", apart)] {
      let gradients = graph.gradients(
        of: output, withRespectTo: sources, cotangent: cotangent)
      for (index, gradient) in gradients.enumerated() {
        fetches.append(("\(name)\(index)", gradient))
      }
    }
    let session = Session(try Plan(graph, fetches: fetches), variables: VariableStore())
    for (name, tensor) in feeds { session.write(name, tensor) }
    session.run()
    return [("output", session.read("fused"), session.read("apart"))]
      + sources.indices.map {
        ("gradient \($0)", session.read("fused\($0)"), session.read("apart\($0)"))
      }
  }

  @Test(arguments: cases, [DType.float64, .float32])
  func fusedOpEqualsSeparateOps(example: Case, dtype: DType) throws {
    for (name, fused, apart) in try run(example, dtype) {
      expectClose(fused, apart, dtype == .float64 ? .float64 : .float32.orAbsolute(1e-5), name)
    }
  }

  @Test func paddingDoesNotChangeResults() throws {
    func output(_ garbage: Double) throws -> (HostTensor, HostTensor) {
      let graph = Graph()
      let source = graph.input("x", TensorType([1, 5, 12], .float64))
      let output = graph.attention(
        .packed(source), heads: 2,
        rules: AttentionRules(lengths: graph.constant(HostTensor([Int32(3)]))))
      let seen = output.narrowed(to: 0..<3, axis: 1)
      let gradient = graph.gradients(of: seen.square().sum(), withRespectTo: [source])[0]
      let session = Session(
        try Plan(graph, fetches: [("y", seen), ("dx", gradient)]), variables: VariableStore())
      var numbers = HostTensor.normal([1, 5, 12], seed: 4).doubles
      for index in 36..<60 { numbers[index] = garbage }
      session.write("x", HostTensor(numbers, shape: [1, 5, 12]))
      session.run()
      return (session.read("y"), session.read("dx"))
    }
    let (first, gradient) = try output(0)
    let (second, other) = try output(1e30)
    expectIdentical(second, first, "output")
    expectIdentical(other, gradient, "gradient")
    #expect(gradient.doubles[36...].allSatisfy { $0 == 0 })
  }

  @Test func undefinedDerivativesAreReported() {
    let graph = Graph()
    let source = graph.input("x", TensorType([1, 4, 6], .float64))
    let output = graph.attention(.packed(source), heads: 1)
    let norm = graph.gradients(of: output.sum(), withRespectTo: [source])[0].square().sum()
    #expect(graph.diagnostics.isEmpty)
    _ = graph.gradients(of: norm, withRespectTo: [source])
    #expect(graph.diagnostics.contains { $0.message.contains("second derivatives") })

    let masked = Graph()
    let mask = masked.input("mask", TensorType([4, 4], .float64))
    let other = masked.input("x", TensorType([1, 4, 6], .float64))
    let result = masked.attention(.packed(other), heads: 1, rules: AttentionRules(mask: mask))
    _ = masked.gradients(of: result.sum(), withRespectTo: [other])
    #expect(masked.diagnostics.isEmpty)
    _ = masked.gradients(of: result.sum(), withRespectTo: [mask])
    #expect(masked.diagnostics.contains { $0.message.contains("mask") })
  }

  @Test func invalidInputsAreReported() {
    func message(_ make: (Graph) -> Value) -> String {
      let graph = Graph()
      _ = make(graph)
      return graph.diagnostics.first?.message ?? ""
    }
    func tensor(_ graph: Graph, _ shape: Shape, _ name: String = "x") -> Value {
      graph.input(name, TensorType(shape, .float32))
    }
    #expect(message { $0.attention(.packed(tensor($0, [2, 5, 12])), heads: 3) }.contains("heads"))
    #expect(
      message {
        $0.attention(
          .paired(queries: tensor($0, [2, 5, 4]), keysAndValues: tensor($0, [2, 5, 9], "y")),
          heads: 1)
      }.contains("do not match"))
    #expect(
      message {
        $0.attention(
          .packed(tensor($0, [2, 5, 12])), heads: 2,
          rules: AttentionRules(mask: tensor($0, [5, 4], "m")))
      }.contains("mask"))
    #expect(
      message {
        $0.attention(.packed(tensor($0, [2, 5, 12])), heads: 2, rules: AttentionRules(scale: -1))
      }.contains("scale"))
  }

  /// Where a floating-point mask hides every key of a query, the outputs are zeros.
  @Test(arguments: [DType.float32, .float64])
  func masksMayHideEveryKey(dtype: DType) throws {
    let graph = Graph()
    let all = graph.input("all", TensorType([2, 3, 12], dtype))
    let mask = graph.input("mask", TensorType([3, 3], dtype))
    let rules = AttentionRules(mask: mask)
    let fused = graph.attention(.packed(all), heads: 2, rules: rules)
    let (apart, weights) = graph.attentionWithWeights(.packed(all), heads: 2, rules: rules)
    let gradient = graph.gradients(of: apart.sum(), withRespectTo: [all])[0]
    let session = Session(
      try Plan(
        graph,
        fetches: [("fused", fused), ("apart", apart), ("weights", weights), ("dx", gradient)]),
      variables: VariableStore())
    session.write("all", HostTensor.normal([2, 3, 12], seed: 1).converted(to: dtype))
    let none = -Double.infinity
    session.write(
      "mask",
      HostTensor([0, none, 1, none, none, none, -1e30, none, 0], shape: [3, 3]).converted(to: dtype)
    )
    session.run()
    let tolerance = Tolerance(relative: dtype == .float32 ? 1e-5 : 1e-12).orAbsolute(1e-6)
    expectClose(session.read("apart").doubles, session.read("fused").doubles, tolerance)
    #expect(session.read("apart").doubles[4..<8].allSatisfy { $0 == 0 })
    #expect(session.read("dx").doubles.allSatisfy { $0.isFinite })
    let sums = stride(from: 0, to: 36, by: 3).map { start in
      session.read("weights").doubles[start..<start + 3].reduce(0, +)
    }
    for (row, sum) in sums.enumerated() { #expect(abs(sum - (row % 3 == 1 ? 0 : 1)) < 1e-6) }
  }

  /// Permuting the rows of a state needs no second tensor of its size, and the results equal those
  /// out of place.
  @Test(arguments: [false, true])
  func rowsOfAVariableArePermuted(isReadBefore: Bool) throws {
    let (rows, length) = (5, 700)
    let graph = Graph()
    let cache = graph.variable("cache", TensorType([rows, length, 3], .float64))
    let order = graph.input("order", TensorType([rows], .int32))
    let position = graph.input("position", TensorType([1], .int32))
    let new = graph.input("new", TensorType([rows, 1, 3], .float64))
    let next = cache.permuteRows(order, first: position).scatterRows(new, at: position)
    var fetches: [(name: String, value: Value)] = [("sum", next.sum())]
    if isReadBefore { fetches.append(("before", cache.sum())) }
    let plan = try Plan(graph, fetches: fetches, updates: [(cache, next)])
    let variables = VariableStore()
    var expected = HostTensor.normal([rows, length, 3], seed: 2).doubles
    variables["cache"] = HostTensor(expected, shape: [rows, length, 3])
    let session = Session(plan, variables: variables)
    let orders: [[Int32]] = [
      [0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 1, 1, 4, 4], [1, 2, 3, 4, 0], [7, 1, -1, 3, 4],
    ]
    for (step, order) in orders.enumerated() {
      let index = [0, 699, 350, 341, 86][step]
      let before = (expected, HostTensor.normal([rows, 1, 3], seed: UInt64(step)))
      session.write("order", HostTensor(order))
      session.write("position", HostTensor([Int32(index)]))
      session.write("new", before.1)
      session.run()
      for row in 0..<rows {
        for element in 0..<index * 3 {
          let from = Int(order[row])
          expected[row * length * 3 + element] =
            (0..<rows).contains(from) ? before.0[from * length * 3 + element] : 0
        }
        for column in 0..<3 {
          expected[(row * length + index) * 3 + column] = before.1.doubles[row * 3 + column]
        }
      }
      #expect(variables["cache"]?.doubles == expected)
      #expect(abs(session.readScalar("sum") - expected.reduce(0, +)) < 1e-9)
      if isReadBefore {
        #expect(abs(session.readScalar("before") - before.0.reduce(0, +)) < 1e-9)
      }
    }
    #expect(isReadBefore || plan.arenaByteCount < rows * length * 3 * 8)
  }

  /// Permuted rows with which a second variable is updated are not overwritten in the first.
  @Test(arguments: [false, true])
  func valuesOfOtherUpdatesAreKept(isFirst: Bool) throws {
    let graph = Graph()
    let type = TensorType([3, 4, 2], .float64)
    let cache = graph.variable("cache", type)
    let copy = graph.variable("copy", type)
    let moved = cache.permuteRows(graph.input("order", TensorType([3], .int32)))
    let scattered = moved.scatterRows(
      graph.input("new", TensorType([3, 1, 2], .float64)),
      at: graph.input("position", TensorType([1], .int32)))
    let updates = [(cache, scattered), (copy, moved)]
    let plan = try Plan(graph, fetches: [], updates: isFirst ? updates : updates.reversed())
    let variables = VariableStore()
    let start = HostTensor.normal([3, 4, 2], seed: 1)
    variables["cache"] = start
    variables["copy"] = HostTensor(zeros: type.shape, dtype: type.dtype)
    let session = Session(plan, variables: variables)
    session.write("order", HostTensor([2, 0, 0] as [Int32]))
    session.write("position", HostTensor([1] as [Int32]))
    session.write("new", HostTensor([Double](repeating: 7, count: 6), shape: [3, 1, 2]))
    session.run()
    let rows = stride(from: 0, to: 24, by: 8).map { Array(start.doubles[$0..<$0 + 8]) }
    var expected = rows[2] + rows[0] + rows[0]
    #expect(variables["copy"]?.doubles == expected)
    for row in 0..<3 { expected.replaceSubrange(row * 8 + 2..<row * 8 + 4, with: [7, 7]) }
    #expect(variables["cache"]?.doubles == expected)
  }

  /// A key whose mask is the least finite number is attended to where the others have −∞.
  @Test func theLeastFiniteMaskIsNotMinusInfinity() throws {
    let weights = try evaluate([
      HostTensor.normal([1, 1, 1, 3], seed: 1),
      HostTensor(
        [-Double(Float.greatestFiniteMagnitude), -.infinity, -.infinity], shape: [1, 3]),
    ]) { values in
      [AttentionRules(mask: values[1]).weights(values[0])]
    }
    #expect(weights[0].doubles == [1, 0, 0])
  }

  /// A matrix product of variables, with its bias, is constant across runs.
  @Test func productsOfVariablesAreComputedOnce() throws {
    let graph = Graph()
    let memory = graph.variable("memory", TensorType([6, 4], .float64))
    let weight = graph.variable("weight", TensorType([4, 3], .float64))
    let bias = graph.variable("bias", TensorType([3], .float64))
    let factors = graph.input("factors", TensorType([1, 6], .float64))
    let product = memory.matMul(weight) + bias
    let plan = try Plan(graph, fetches: [("y", factors.matMul(product))])
    #expect(plan.invariantStepCount >= 1)
    let variables = VariableStore()
    for (name, shape) in [("memory", Shape([6, 4])), ("weight", [4, 3]), ("bias", [3])] {
      variables[name] = HostTensor.normal(shape, seed: UInt64(name.count))
    }
    let session = Session(plan, variables: variables)
    func run(_ factor: Double) -> [Double] {
      session.write(
        "factors", HostTensor([Double](repeating: factor, count: 6), shape: [1, 6]))
      session.run()
      return session.read("y").doubles
    }
    let first = run(1)
    #expect(run(2) == first.map { 2 * $0 })
    variables["bias"] = HostTensor(
      zip(variables["bias"]?.doubles ?? [], [1.0, 1, 1]).map(+), shape: [3])
    expectClose(run(1), first.map { $0 + 6 })
  }

  /// Writing rows into a state in place costs only these rows; a fetch before the update reads the
  /// old contents.
  @Test(arguments: [false, true])
  func rowsAreScatteredIntoAVariable(isReadBefore: Bool) throws {
    let length = 4096
    let graph = Graph()
    let cache = graph.variable("cache", TensorType([2, length, 3], .float64))
    let rows = graph.input("rows", TensorType([2, 1, 3], .float64))
    let position = graph.input("position", TensorType([1], .int32))
    let next = cache.scatterRows(rows, at: position)
    var fetches: [(name: String, value: Value)] = [("sum", next.sum())]
    if isReadBefore { fetches.append(("before", cache.sum())) }
    let plan = try Plan(graph, fetches: fetches, updates: [(cache, next)])
    let variables = VariableStore()
    variables["cache"] = HostTensor(zeros: [2, length, 3], dtype: .float64)
    let session = Session(plan, variables: variables)
    var expected = [Double](repeating: 0, count: 2 * length * 3)
    for (step, index) in [Int32(0), 1, 4095, 4096, -1].enumerated() {
      let before = expected.reduce(0, +)
      let tensor = HostTensor.normal([2, 1, 3], seed: UInt64(step))
      session.write("rows", tensor)
      session.write("position", HostTensor([index]))
      session.run()
      if (0..<length).contains(Int(index)) {
        for row in 0..<2 {
          for column in 0..<3 {
            expected[(row * length + Int(index)) * 3 + column] = tensor.doubles[row * 3 + column]
          }
        }
      }
      #expect(variables["cache"]?.doubles == expected)
      #expect(abs(session.readScalar("sum") - expected.reduce(0, +)) < 1e-12)
      if isReadBefore { #expect(abs(session.readScalar("before") - before) < 1e-12) }
    }
    // In place there is no other tensor of the cache's size.
    #expect(isReadBefore || plan.arenaByteCount < 2 * length * 3 * 8)
  }
}
