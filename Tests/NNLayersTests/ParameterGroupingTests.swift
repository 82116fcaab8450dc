import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite struct ParameterGroupingTests {
  @Test(
    arguments: [
      ("*", ["", "a", "0.weight"], []),
      ("*.bias", ["0.bias", "a.b.bias", ".bias"], ["bias", "0.bias.x", "0.biases"]),
      ("trunk.*", ["trunk.0.weight", "trunk."], ["trunk", "a.trunk.0"]),
      ("?.weight", ["0.weight"], ["10.weight", ".weight"]),
      ("[0-2].*", ["0.weight", "2.bias"], ["3.weight", "10.weight"]),
      ("[!0-2].*", ["3.weight", "a.x"], ["1.weight"]),
      ("[]a].x", ["].x", "a.x"], ["b.x"]),
      ("[02", ["[02"], ["0", "2"]),
      ("[2-0]", [], ["0", "1", "2", "-"]),
      ("a*b*c", ["abc", "a.b.b.c", "axxbyyc"], ["ab", "acb"]),
      ("**.*x", ["a.x", ".x"], ["x", "a.xy"]),
      ("", [""], ["a"]),
      ("größe.?", ["größe.é"], ["größe."]),
    ] as [(String, [String], [String])])
  func patternsMatchAsInAShell(text: String, matched: [String], others: [String]) {
    let pattern = ParameterPattern(text)
    for name in matched { #expect(pattern.matches(name), "\(text) and \(name)") }
    for name in others { #expect(!pattern.matches(name), "\(text) and \(name)") }
  }

  /// A pattern with many stars takes a time that is at most quadratic.
  @Test func manyStarsAreFast() {
    let pattern = ParameterPattern(String(repeating: "*a", count: 200) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
  }

  private let names = ["trunk.0.weight", "trunk.0.bias", "head.weight", "head.bias"]

  @Test func namesGetGroups() throws {
    let grouping = ParameterGrouping(frozen: ["trunk.*"], groups: [["head.bias"]])
    #expect(try grouping.assignments(of: names) == [.frozen, .frozen, .main, .numbered(1)])
    #expect(try ParameterGrouping().assignments(of: names).allSatisfy { $0 == .main })
  }

  @Test(
    arguments: [
      (["trnk.*"], "`trnk.*` matches no parameter", "did you mean `trunk.*`?"),
      (["head"], "`head` matches no parameter", "did you mean `head.*`?"),
      (["*.biass"], "`*.biass` matches no parameter", "did you mean `*.bias`?"),
      (["bias"], "`bias` matches no parameter", "did you mean `*.bias`?"),
      (["xyzzy*"], "`xyzzy*` matches no parameter", "parameters: trunk.0.weight, trunk.0.bias"),
      ([""], "the pattern \"\" is empty", "`*.bias`"),
      (["*"], "every parameter is frozen", "`trunk.*`"),
      (["trunk.*", "head.*"], "every parameter is frozen", "nothing to train"),
      (["nothing.*", "trnk.0.*"], "2 problems", "`trnk.0.*` matches no parameter"),
    ] as [([String], String, String)])
  func badPatternsAreErrors(patterns: [String], message: String, hint: String) {
    expectError(message, hint) {
      _ = try ParameterGrouping(frozen: patterns.map { ParameterPattern($0) })
        .assignments(of: names)
    }
  }

  @Test func overlapsNameTheParameter() {
    expectError(
      "parameter `trunk.0.bias` belongs to two groups: `trunk.*` (frozen) and `*.bias` (group 1)",
      "exclude each other"
    ) {
      _ = try ParameterGrouping(frozen: ["trunk.*"], groups: [["*.bias"]]).assignments(of: names)
    }
    expectError("parameter `head.bias`", "(group 1)", "(group 2)") {
      _ = try ParameterGrouping(groups: [["head.*"], ["head.bias"]]).assignments(of: names)
    }
    expectError("parameter group 1 has no patterns") {
      _ = try ParameterGrouping(groups: [[]]).assignments(of: names)
    }
    expectError("the network has no parameters") {
      _ = try ParameterGrouping(frozen: ["*"]).assignments(of: [])
    }
  }

  // MARK: - Layout

  private let model = Model {
    Dense(3).named("trunk")
    BatchNorm1D()
    Tanh()
    Dense(2).named("head")
  }
  private let input = InputSignature(
    Ports(TensorType([4], .float64)), dtype: .float64)

  @Test func groupsAreFlatVariablesOfTheirOwn() throws {
    let plain = try model.layout(input)
    let grouped = try model.layout(
      input, grouping: ParameterGrouping(frozen: ["trunk.*"], groups: [["head.bias"], ["1.*"]]))
    #expect(plain.groups.map(\.variableName) == ["parameters"])
    #expect(
      grouped.groups.map(\.variableName) == [
        "parameters", "parameters.1", "parameters.2", "parameters.frozen",
      ])
    #expect(grouped.trainedGroups.count == 3)
    #expect(grouped.parameterCount == plain.parameterCount)
    #expect(grouped.trainedParameterCount == plain.parameterCount - 15)
    // Initial values, names and order do not depend on the groups.
    let tensors = try plain.initialize(seed: 5)
    #expect(try grouped.initialize(seed: 5) == tensors)
    let back = try grouped.tensors(from: grouped.variables(from: tensors))
    #expect(back.map(\.name) == plain.entries.map(\.name))
    for (name, tensor) in back { expectIdentical(tensor, try #require(tensors[name]), name) }
  }

  /// The gradient of each group is a part of the whole gradient.
  @Test func gradientsAreThoseOfTheWhole() throws {
    func gradients(_ grouping: ParameterGrouping) throws -> (
      values: [String: HostTensor], instructions: Int
    ) {
      let layout = try model.layout(input, grouping: grouping)
      let graph = Graph()
      let x = graph.input("x", TensorType([5, 4], .float64))
      let built = model.build(in: graph, input: x, layout: layout, mode: .training)
      let loss = built.value.square().mean()
      let fetches = zip(layout.trainedGroups, built.gradients(of: loss)).map {
        (name: $0.variableName, value: $1)
      }
      let plan = try Plan(graph, fetches: fetches)
      let store = VariableStore()
      for (name, tensor) in try layout.initialVariables(seed: 2) { store[name] = tensor }
      let session = Session(plan, variables: store)
      session.write("x", HostTensor((0..<20).map { Double($0 * $0 % 7) - 3 }, shape: [5, 4]))
      session.run()
      var values: [String: HostTensor] = [:]
      for group in layout.trainedGroups {
        let flat = session.read(group.variableName)
        for (name, part) in layout.parts(of: flat, group: group.identity) { values[name] = part }
      }
      return (values, plan.description.split(separator: "\n").count)
    }
    let whole = try gradients(ParameterGrouping())
    let parts = try gradients(ParameterGrouping(groups: [["*.bias"]]))
    #expect(whole.values.keys.sorted() == parts.values.keys.sorted())
    for (name, tensor) in whole.values {
      expectClose(try #require(parts.values[name]), tensor, nil, name)
    }
    let frozen = try gradients(ParameterGrouping(frozen: ["trunk.*", "1.*"]))
    #expect(frozen.values.keys.sorted() == ["head.bias", "head.weight"])
    for (name, tensor) in frozen.values {
      expectClose(tensor, try #require(whole.values[name]), nil, name)
    }
    // The backward pass of the trunk has disappeared.
    #expect(frozen.instructions < whole.instructions)
  }
}
