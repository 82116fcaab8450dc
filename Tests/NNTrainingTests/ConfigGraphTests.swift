import NNCore
import NNGraph
import NNLayers
import NNTraining
import Testing

@Suite("Config: networks that are not a chain")
struct ConfigGraphTests {
  /// A network of two inputs with a shared tower; lines 3 to 10 are replaced in the tests.
  private static let yaml = """
    data: {train: {npz: a.npz, inputs: {left: l, right: r, meta: m}}}
    model:
      inputs: [left, right, meta]
      layers:
        - {name: tower, from: left, sequential: [{linear: 8}, relu]}
        - {name: twin, from: right, share: tower}
        - {name: joined, from: [tower, twin, meta], concat: {axis: 1}}
        - dropout: 0.1
        - {name: score, linear: 2}
      outputs: score
    loss: cross_entropy
    optimizer: adam
    """

  private static func replacing(_ text: String, _ replacement: String) -> String {
    let changed = yaml.replacing(text, with: replacement)
    #expect(changed != yaml)
    return changed
  }

  @Test("the resolved config reads back to an equal one, and builds the network")
  func roundTrip() throws {
    let config = try Config(yaml: Self.yaml)
    let again = try Config(yaml: config.resolvedYAML)
    #expect(again == config)
    #expect(again.resolvedYAML == config.resolvedYAML)
    let signature = InputSignature(
      [
        "left": TensorType([3], .float32), "right": TensorType([3], .float32),
        "meta": TensorType([2], .float32),
      ], dtype: .float32)
    let layout = try config.makeModel().layout(signature)
    #expect(
      layout.parameters.map(\.name) == [
        "tower.0.weight", "tower.0.bias", "score.weight", "score.bias",
      ])
    #expect(layout["score.weight"]?.shape == [2, 18])
  }

  @Test("a graph in a list of layers has its own path")
  func nested() throws {
    let config = try Config(
      yaml: """
        data: {train: moons}
        model:
          - linear: 4
          - graph:
              layers:
                - {name: a, linear: 3}
                - {name: b, from: input, linear: 3}
                - {from: [a, b], add: {}}
          - linear: 2
        loss: cross_entropy
        optimizer: adam
        """)
    #expect(try Config(yaml: config.resolvedYAML) == config)
    let layout = try config.makeModel().layout(input: TensorType([2, 2], .float32))
    #expect(
      layout.parameters.map(\.name) == [
        "0.weight", "0.bias", "1.a.weight", "1.a.bias", "1.b.weight", "1.b.bias", "2.weight",
        "2.bias",
      ])
  }

  @Test("overrides reach the layers of a graph")
  func overrides() throws {
    let config = try Config(
      yaml: Self.yaml, source: "c.yaml", overrides: ["model.layers.4.linear=5"])
    let layout = try config.makeModel().layout(
      InputSignature(
        [
          "left": TensorType([3], .float32), "right": TensorType([3], .float32),
          "meta": TensorType([2], .float32),
        ], dtype: .float32))
    #expect(layout["score.weight"]?.shape == [5, 18])
  }

  @Test(
    "mistakes have their place",
    arguments: [
      (
        "from: right, share", "from: rigth, share",
        "c.yaml:6:7: `from` names `rigth`, which is no input and no layer\n"
          + "  hint: did you mean `right`?"
      ),
      (
        "share: tower", "share: towel",
        "c.yaml:6:7: `share` names `towel`, which is no layer"
      ),
      (
        "share: tower", "share: tower, relu: {}",
        "c.yaml:6:47: `share` uses the layer of another entry, so `relu` has no place here"
      ),
      (
        "from: left, sequential", "from: twin, sequential",
        "c.yaml:5:7: `tower` reads its own output: `tower` → `twin` → `tower`"
      ),
      ("outputs: score", "outputs: scores", "c.yaml:10:12: `outputs` names `scores`, which no"),
      (
        "meta], concat", "twin], concat",
        "c.yaml:3:11: no layer reads the input `meta`"
      ),
      (
        "name: twin", "name: tower",
        "c.yaml:6:7: two layers are called `tower`"
      ),
      ("name: twin", "name: a.b", "c.yaml:6:14: a layer's `name` expects a word without dots"),
      ("from: left", "from: []", "c.yaml:5:27: `from` expects a word without dots, or a list of"),
      ("layers:", "layer:", "c.yaml:3:3: graph needs `layers` (a list of layers)"),
      (
        "inputs: {left: l, right: r, meta: m}", "x: l, inputs: {left: l}",
        "c.yaml:1:31: npz: `inputs` takes its place; leave `x` out"
      ),
      (
        "right: r, meta: m", "lengths: r",
        "c.yaml:1:46: an array cannot be named `lengths`"
      ),
      (
        "inputs: {left: l, right: r, meta: m}", "inputs: [l, r]",
        "`inputs` expects a mapping of names to arrays, such as {image: x, table: t}"
      ),
    ])
  func mistakes(text: String, replacement: String, message: String) {
    let found = complaint(about: Self.replacing(text, replacement)) ?? "none"
    #expect(found.contains(message), "\(found)")
  }
}
