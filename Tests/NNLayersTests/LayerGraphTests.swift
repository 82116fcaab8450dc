import Foundation
import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite("graphs of layers") struct LayerGraphTests {
  /// An image's features and a table's numbers, joined for two outputs.
  static let twoInputs = LayerGraph(
    inputs: ["image", "table"],
    [
      .init("joined", from: ["trunk", "table"], Concat()),
      .init("class", Dense(3)),
      .init("trunk", from: ["image"], Sequential([Dense(4), Tanh()])),
      .init("odd", from: ["joined"], Dense(1)),
    ], outputs: ["class", "odd"])

  /// One tower for two inputs, and the difference of its outputs.
  static let siamese = LayerGraph(
    inputs: ["left", "right"],
    [
      .init("tower", from: ["left"], Sequential([Dense(4), Tanh(), Dense(2)])),
      .init("twin", from: ["right"], sharing: "tower"),
      .init(from: ["tower", "twin"], Merge(.subtract)),
    ])

  private func product(_ x: [Double], _ w: [Double], _ b: [Double], _ inputs: Int) -> [Double] {
    let rows = x.count / inputs
    return (0..<rows).flatMap { row in
      b.indices.map { unit in
        (0..<inputs).reduce(b[unit]) { $0 + x[row * inputs + $1] * w[unit * inputs + $1] }
      }
    }
  }

  @Test("entries in any order, two inputs and outputs: plain loops")
  func values() throws {
    let image = HostTensor.random([5, 6], seed: 2)
    let table = HostTensor.random([5, 2], seed: 3)
    let inputs: Ports = ["image": image, "table": table]
    let network = try PortNetwork(Model(Self.twoInputs), inputs)
    #expect(
      network.layout.parameters.map(\.name) == [
        "trunk.0.weight", "trunk.0.bias", "class.weight", "class.bias", "odd.weight", "odd.bias",
      ])
    func numbers(_ name: String) throws -> [Double] { try network.parameter(name).doubles }
    let hidden = product(
      image.doubles, try numbers("trunk.0.weight"), try numbers("trunk.0.bias"), 6
    ).map { tanh($0) }
    var joined: [Double] = []
    for row in 0..<5 {
      joined += hidden[row * 4..<row * 4 + 4]
      joined += table.doubles[row * 2..<row * 2 + 2]
    }
    let (outputs, _) = try network.run(inputs)
    #expect(Set(outputs.keys) == ["class", "odd"])
    expectClose(
      try #require(outputs["class"]).doubles,
      product(joined, try numbers("class.weight"), try numbers("class.bias"), 6))
    expectClose(
      try #require(outputs["odd"]).doubles,
      product(joined, try numbers("odd.weight"), try numbers("odd.bias"), 6))
  }

  @Test("gradients through both outputs, and of shared parameters, by differences")
  func gradients() throws {
    try compareGradients(
      Self.twoInputs,
      ["image": HostTensor.random([3, 6], seed: 2), "table": HostTensor.random([3, 2], seed: 3)],
      ["class": HostTensor.random([3, 3], seed: 4), "odd": HostTensor.random([3, 1], seed: 5)])
    try compareGradients(
      Self.siamese,
      ["left": HostTensor.random([3, 5], seed: 2), "right": HostTensor.random([3, 5], seed: 3)],
      ["output": HostTensor.random([3, 2], seed: 4)])
  }

  private func compareGradients(
    _ network: LayerGraph, _ inputs: Ports<HostTensor>, _ cotangents: [String: HostTensor]
  ) throws {
    let network = try PortNetwork(Model(network), inputs)
    let found = try network.run(inputs, cotangents: cotangents).gradients
    for entry in network.layout.parameters {
      let start = try network.parameter(entry.name)
      let expected = try numericalGradient(at: start) { moved in
        try network.setParameter(entry.name, moved)
        let outputs = try network.run(inputs).outputs
        return zip(cotangents.keys, cotangents.values).reduce(0) { sum, pair in
          let products = zip(outputs[pair.0]?.doubles ?? [], pair.1.doubles).map { $0 * $1 }
          return sum + products.reduce(0, +)
        }
      }
      try network.setParameter(entry.name, start)
      expectClose(
        try #require(found[entry.name]), expected,
        Tolerance(relative: 1e-6, absolute: 1e-8), entry.name)
    }
  }

  @Test("a shared layer has its parameters once, and equal inputs give equal outputs")
  func sharing() throws {
    let rows = HostTensor.random([4, 5], seed: 2)
    let network = try PortNetwork(Model(Self.siamese), ["left": rows, "right": rows])
    #expect(
      network.layout.parameters.map(\.name) == [
        "tower.0.weight", "tower.0.bias", "tower.2.weight", "tower.2.bias",
      ])
    let outputs = try network.run(["left": rows, "right": rows]).outputs
    #expect(outputs["output"]?.doubles == [Double](repeating: 0, count: 8))
  }

  @Test("running statistics of a shared batch norm see both inputs, one after the other")
  func sharedStatistics() throws {
    let network = LayerGraph(
      inputs: ["a", "b"],
      [
        .init("norm", from: ["a"], BatchNorm1D()), .init("again", from: ["b"], sharing: "norm"),
        .init(from: ["norm", "again"], Merge(.add)),
      ])
    let inputs: Ports = [
      "a": HostTensor([1.0, 3], shape: [2, 1]), "b": HostTensor([10.0, 14], shape: [2, 1]),
    ]
    let built = try PortNetwork(Model(network), inputs, mode: .training)
    _ = try built.run(inputs)
    // 0.9·(0.9·0 + 0.1·2) + 0.1·12, and with unbiased variances 2 and 8.
    expectClose(try #require(built.store["norm.running_mean"]).doubles, [1.38])
    expectClose(try #require(built.store["norm.running_var"]).doubles, [0.9 * 1.1 + 0.8])
    #expect(built.store["norm.num_batches_tracked"] == HostTensor(scalar: Int64(2)))
  }

  @Test("a network as ordinary code equals the graph of layers")
  func code() throws {
    let model = Model { inputs, scope in
      let tower = Sequential([Dense(4), Tanh(), Dense(2)])
      let left = scope.apply(tower, to: scope.input("left"), named: "tower")
      let right = scope.apply(tower, to: [scope.input("right")], named: "twin", sharing: "tower")
      return ["difference": left - right, "left": left]
    }
    let inputs: Ports = [
      "left": HostTensor.random([3, 5], seed: 2), "right": HostTensor.random([3, 5], seed: 3),
    ]
    let outputs = try PortNetwork(model, inputs).run(inputs).outputs
    let expected = try PortNetwork(Model(Self.siamese), inputs).run(inputs).outputs
    #expect(Set(outputs.keys) == ["difference", "left"])
    #expect(outputs["difference"] == expected["output"])
  }

  @Test(
    "names that cannot be connected",
    arguments: [
      (
        LayerGraph(inputs: ["x"], [.init("a", from: ["y"], ReLU())]),
        "`from` names `y`, which is no input and no layer\n  hint: there are: x, a"
      ),
      (
        LayerGraph([.init("a", from: ["b"], ReLU()), .init("b", ReLU())]),
        "`a` reads its own output: `a` → `b` → `a`"
      ),
      (LayerGraph([.init("a", from: ["a"], ReLU())]), "`a` reads its own output: `a` → `a`"),
      (LayerGraph([.init("a", ReLU()), .init("a", ReLU())]), "two layers are called `a`"),
      (LayerGraph(inputs: ["x", "x"], [.init(ReLU())]), "two inputs are called `x`"),
      (LayerGraph(inputs: ["x"], [.init("x", ReLU())]), "a layer and an input are called `x`"),
      (
        LayerGraph(inputs: ["x", "y"], [.init(ReLU())]),
        "no layer reads the input `y`\n  hint: leave it out, or name it in `from`"
      ),
      (
        LayerGraph([.init("a", ReLU()), .init("b", from: ["input"], ReLU())]),
        "no layer reads the output of `a`, and it is no output"
      ),
      (
        LayerGraph([.init("a", ReLU())], outputs: ["b"]),
        "`outputs` names `b`, which no layer defines\n  hint: there are: a"
      ),
      (LayerGraph([.init("a", ReLU())], outputs: ["a", "a"]), "`outputs` names `a` twice"),
      (LayerGraph([.init("a", ReLU())], outputs: ["input"]), "`input`, which is an input"),
      (LayerGraph([.init("a", ReLU())], outputs: []), "`outputs` names nothing"),
      (LayerGraph([.init(sharing: "b")]), "`share` names `b`, which is no layer"),
      (
        LayerGraph([
          .init("a", ReLU()), .init("b", sharing: "a"), .init("c", sharing: "b"),
        ]),
        "`share` names `b`, which shares the parameters of another layer\n  hint: share `a` itself"
      ),
      (LayerGraph([]), "the network has no layers"),
    ] as [(LayerGraph, String)])
  func mistakes(network: LayerGraph, message: String) {
    expectError(message) { _ = try Model(network).layout(input: TensorType([2, 3], .float32)) }
  }

  @Test("parameters shared with another shape of input")
  func otherShape() {
    expectError(
      "`b` (Dense 2): shares the parameter `a.weight` [2, 3], but needs [2, 2] for its input"
    ) {
      let network = LayerGraph([.init("a", Dense(2)), .init("b", sharing: "a")])
      _ = try Model(network).layout(input: TensorType([2, 3], .float32))
    }
  }

  @Test("an input that the network does not have, a layer of one input that gets two")
  func inputs() {
    expectError(
      "reads the input `y`, which the network does not have\n  hint: its inputs are `input`"
    ) {
      let model = Model { _, scope in ["output": scope.input("y")] }
      _ = try model.layout(input: TensorType([2, 3], .float32))
    }
    expectError("`b` (Dense 2): takes one input, gets 2; join them first, such as with `concat`") {
      let network = LayerGraph([.init("a", ReLU()), .init("b", from: ["a", "input"], Dense(2))])
      _ = try Model(network).layout(input: TensorType([2, 3], .float32))
    }
  }
}
