import NNCore
import NNGraph
import NNOptimizers
import NNTestSupport
import Testing

@Suite struct ClippingReferenceTests {
  @Test(arguments: [DType.float64, .float32])
  func clippedGradients(dtype: DType) throws {
    for example in try Fixture.load("clipping", "clipping").examples {
      let clipping = try makeClipping(example)
      let parts = try example.given(prefix: "gradient.", as: dtype)
      let graph = Graph()
      // Gaps between the parts, as between parameters.
      let offsets = parts.indices.map { $0 * 32 }
      let flat = graph.pack(
        parts.map { graph.input($0.name, TensorType($0.tensor.shape, dtype)) },
        offsets: offsets, count: parts.count * 32)
      let clipped = clipping(flat)
      let plan = try Plan(
        graph,
        fetches: [("norm", clipped.norm)]
          + zip(parts, offsets).map {
            ($0.name, clipped.gradient.slice(at: $1, shape: $0.tensor.shape))
          })
      let session = Session(plan, variables: VariableStore())
      for (name, tensor) in parts { session.write(name, tensor) }
      session.run()
      if example.expectedNames(dtype).contains("norm") {
        expectClose(
          session.read("norm"), try example.expected("norm", dtype), nil,
          "\(example.name) norm \(dtype)")
      }
      for (name, expected) in try example.expected(prefix: "gradient.", dtype) {
        expectClose(session.read(name), expected, nil, "\(example.name) \(name) \(dtype)")
      }
    }
  }

  private func makeClipping(_ example: FixtureExample) throws -> GradientClipping {
    let (name, options) = try #require(example.config.named)
    if name == "clip_grad_value" {
      return .value(limit: try #require(options["clip_value"]?.number))
    }
    let order = options["norm_type"]
    return .norm(
      maximum: try #require(options["max_norm"]?.number),
      order: order?.text == "inf" ? .infinity : try #require(order?.number))
  }
}
