import NNCore
import NNGraph
import NNOptimizers
import NNTestSupport
import Testing

@Suite struct ClippingTests {
  private func clip(
    _ clipping: GradientClipping, _ gradient: [Double]
  ) throws -> (gradient: [Double], norm: Double) {
    let graph = Graph()
    let clipped = clipping(graph.input("gradient", TensorType([gradient.count], .float64)))
    let session = Session(
      try Plan(graph, fetches: [("gradient", clipped.gradient), ("norm", clipped.norm)]),
      variables: VariableStore())
    session.write("gradient", HostTensor(gradient))
    session.run()
    return (session.read("gradient").doubles, session.readScalar("norm"))
  }

  @Test func aLargeGradientIsScaled() throws {
    let result = try clip(.norm(maximum: 1), [3, 0, -4])
    #expect(result.norm == 5)
    expectClose(result.gradient, [3 / 5.000001, 0, -4 / 5.000001])
  }

  @Test func aSmallGradientIsUnchanged() throws {
    let result = try clip(.norm(maximum: 6), [3, 0, -4])
    #expect(result.gradient == [3, 0, -4])
    #expect(try clip(.norm(maximum: 1), [0, 0]).gradient == [0, 0])
  }

  @Test(arguments: [(1.0, 7.0), (2, 5), (3, 4.497941445275415), (.infinity, 4)])
  func orders(order: Double, norm: Double) throws {
    expectClose([try clip(.norm(maximum: 1, order: order), [3, 0, -4]).norm], [norm])
  }

  @Test func elementsAreLimited() throws {
    let result = try clip(.value(limit: 0.5), [3, 0.25, -4, -0.5])
    #expect(result.gradient == [0.5, 0.25, -0.5, -0.5])
  }

  @Test func notANumberStaysVisible() throws {
    #expect(try clip(.norm(maximum: 1), [.nan, 1]).norm.isNaN)
    #expect(try clip(.value(limit: 1), [.nan, 5]).gradient[0].isNaN)
  }

  private func clip(
    _ clipping: GradientClipping, floats gradient: [Float]
  ) throws -> (gradient: [Float], norm: Double, read: Double) {
    let graph = Graph()
    let source = graph.input("gradient", TensorType([gradient.count], .float32))
    let clipped = clipping(source)
    let session = Session(
      try Plan(
        graph,
        fetches: [("clipped", clipped.gradient), ("norm", clipped.norm), ("gradient", source)]),
      variables: VariableStore())
    session.write("gradient", HostTensor(gradient))
    session.run()
    return (
      session.read("clipped").scalars(as: Float.self), session.readScalar("norm"),
      session.norm(of: "gradient")
    )
  }

  /// Squares of these overflow or underflow in Float32; their norm does not.
  @Test(arguments: [1e19, 3e30, 1e-23, 2e-30] as [Float])
  func squaresThatOverflowOrUnderflow(scale: Float) throws {
    let result = try clip(.norm(maximum: 1), floats: [3 * scale, 0, -4 * scale])
    let norm = 5 * Double(scale)
    #expect(abs(result.norm - norm) <= 1e-6 * norm)
    #expect(abs(result.read - norm) <= 1e-6 * norm)
    if scale > 1 {
      #expect(zip(result.gradient, [0.6, 0, -0.8]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    } else {
      // Below the limit, so the gradient is unchanged.
      #expect(result.gradient == [3 * scale, 0, -4 * scale])
    }
    let least = try clip(.norm(maximum: 1e-29), floats: [3e-23, -4e-23])
    // maximum/(norm + 1e-6), as in PyTorch.
    #expect(least.gradient.allSatisfy { Double($0).magnitude < 1e-44 })
    let cubic = try clip(.norm(maximum: 1, order: 3), floats: [scale, -scale])
    #expect(abs(cubic.norm - Double(scale) * 1.2599210498948732) <= 1e-6 * Double(scale) * 2)
  }

  /// Without overflow or underflow, the norm has the same bits as the plain sum.
  @Test func ordinaryNormsKeepTheirBits() throws {
    let random = HostTensor.random([70_001], dtype: .float32, seed: 3).scalars(as: Float.self)
    let graph = Graph()
    let source = graph.input("x", TensorType([random.count], .float32))
    let session = Session(
      try Plan(
        graph, fetches: [("norm", source.norm()), ("plain", source.square().sum().sqrt())]),
      variables: VariableStore())
    session.write("x", HostTensor(random))
    session.run()
    #expect(session.readScalar("norm") == session.readScalar("plain"))
    #expect(session.readScalar("norm") > 1)
  }
}
