import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite struct LayerWiringTests {
  /// Each box as `path name`, and the edges.
  private func wiring(_ model: Model, _ shape: Shape) throws -> (
    boxes: [String], arrows: Set<String>
  ) {
    try wiring(model, InputSignature(Ports(TensorType(shape, .float32)), dtype: .float32))
  }

  private func wiring(
    _ model: Model, _ signature: InputSignature
  ) throws -> (boxes: [String], arrows: Set<String>) {
    let found = try model.wiring(signature)
    let boxes = found.nodes.map { node in
      (node.path.isEmpty ? "" : node.path + " ") + node.name
    }
    #expect(Set(found.edges).count == found.edges.count)
    return (boxes, Set(found.edges.map { "\(boxes[$0.from]) → \(boxes[$0.to])" }))
  }

  @Test func chain() throws {
    let model = Model([Dense(4), ReLU(), Dropout(0.5), Dense(3)])
    let found = try wiring(model, [5])
    #expect(found.boxes == ["input", "0 Dense 4", "1 ReLU", "2 Dropout 0.5", "3 Dense 3"])
    #expect(
      found.arrows == [
        "input → 0 Dense 4", "0 Dense 4 → 1 ReLU", "1 ReLU → 2 Dropout 0.5",
        "2 Dropout 0.5 → 3 Dense 3",
      ])
    let nodes = try model.wiring(
      InputSignature(Ports(TensorType([5], .float32)), dtype: .float32)
    ).nodes
    #expect(nodes.map(\.parameters) == [0, 24, 0, 0, 15])
    #expect(nodes.map(\.outputShape) == [[5], [4], [4], [4], [3]])
    #expect(nodes.map(\.kind) == [.input, .layer, .layer, .layer, .layer])
  }

  @Test func residual() throws {
    let found = try wiring(
      Model([Dense(4), Residual([Dense(8), ReLU(), Dense(4)]), Dense(2)]), [3])
    #expect(
      found.arrows == [
        "input → 0 Dense 4", "0 Dense 4 → 1.0 Dense 8", "1.0 Dense 8 → 1.1 ReLU",
        "1.1 ReLU → 1.2 Dense 4", "1.2 Dense 4 → 1 +", "0 Dense 4 → 1 +", "1 + → 2 Dense 2",
      ])
  }

  @Test func branches() throws {
    let found = try wiring(
      Model([Concat(axis: 1, [[Dense(4), Tanh()], [Dense(2)], []]), Dense(2)]), [3])
    #expect(
      found.arrows == [
        "input → 0.0.0 Dense 4", "0.0.0 Dense 4 → 0.0.1 Tanh", "0.0.1 Tanh → 0 concat",
        "input → 0.1.0 Dense 2", "0.1.0 Dense 2 → 0 concat", "input → 0 concat",
        "0 concat → 1 Dense 2",
      ])
  }

  /// The sums of a transformer layer are boxes of their own, so there are no cycles.
  @Test(arguments: [false, true])
  func transformer(normFirst: Bool) throws {
    var options = TransformerOptions(numHeads: 2, dimFeedforward: 8)
    options.normFirst = normFirst
    let found = try Model([TransformerEncoderLayer(options)]).wiring(
      InputSignature(Ports(TensorType([5, 4], .float32)), dtype: .float32))
    #expect(found.nodes.filter { $0.name == "+" }.count == 2)
    #expect(found.nodes.filter { $0.kind == .layer }.count == 6)
    let attention = found.nodes.filter { $0.path == "0.self_attn" }
    // [12, 4] weights and 12 biases of the input projections; those of the output projection have a
    // box.
    #expect(attention.map(\.parameters) == [60])
    #expect(attention.allSatisfy { $0.kind == .layer && $0.name.hasPrefix("MultiheadAttention") })
    // Removing boxes without inputs repeatedly removes all of them.
    var waiting = Set(found.nodes.indices)
    while let free = waiting.first(where: { box in
      !found.edges.contains { $0.to == box && waiting.contains($0.from) }
    }) {
      waiting.remove(free)
    }
    #expect(waiting.isEmpty)
    // All but the input have an input, and all but one are read.
    #expect(Set(found.edges.map(\.to)).count == found.nodes.count - 1)
    #expect(Set(found.edges.map(\.from)).count == found.nodes.count - 1)
  }

  /// Attention and its projections of the encoder's output are one box, in every run: boxes do not
  /// depend on the order of a set, and there are no cycles.
  @Test(arguments: [false, true])
  func transformerOverMemory(normFirst: Bool) throws {
    var options = TransformerOptions(numHeads: 2, dimFeedforward: 8)
    options.normFirst = normFirst
    var causal = options
    causal.isCausal = true
    let model = Model(
      EncoderDecoder {
        Embedding(4)
        TransformerEncoder(1, options)
      } decoder: {
        Embedding(4)
        TransformerDecoder(2, causal)
      })
    let tokens = TensorType([5], .int32)
    let signature = InputSignature(
      Ports(tokens, decoderValues: tokens),
      vocabulary: VocabularySizes(input: 7, output: 9), dtype: .float32)
    let found = try model.wiring(signature)
    for layer in 0..<2 {
      let path = "decoder.1.layers.\(layer).multihead_attn"
      let boxes = found.nodes.indices.filter { found.nodes[$0].path.hasSuffix(path) }
      #expect(boxes.count == 1)
      // One edge from the decoder, one from the encoder.
      #expect(found.edges.count { boxes.contains($0.to) } == 2)
    }
    var waiting = Set(found.nodes.indices)
    while let free = waiting.first(where: { box in
      !found.edges.contains { $0.to == box && waiting.contains($0.from) }
    }) {
      waiting.remove(free)
    }
    #expect(waiting.isEmpty)
    for _ in 0..<5 {
      let again = try model.wiring(signature)
      #expect(again.edges == found.edges)
      #expect(again.nodes.map(\.outputShape) == found.nodes.map(\.outputShape))
    }
  }

  @Test func decoderReadsTheEncoder() throws {
    let model = Model(
      EncoderDecoder {
        Embedding(8)
        GRU(6)
      } decoder: {
        Embedding(6)
        DotAttention()
        Dense(9)
      })
    let tokens = TensorType([5], .int32)
    let found = try wiring(
      model,
      InputSignature(
        Ports(tokens, decoderValues: tokens),
        vocabulary: VocabularySizes(input: 7, output: 9), dtype: .float32))
    #expect(found.boxes.prefix(2) == ["input", "decoder input"])
    #expect(found.arrows.contains("decoder input → decoder.0 Embedding 6"))
    for layer in ["encoder.1", "decoder.0"] {
      #expect(found.arrows.contains { $0.hasPrefix(layer) && $0.contains("→ decoder.1") })
    }
  }

  @Test func invalidModelsAreRejected() {
    #expect(throws: NNError.self) { try wiring(Model([Conv2D(3, kernelSize: 3)]), [5]) }
  }
}
