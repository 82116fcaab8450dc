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

  @Test func aLongGradientIsScaled() throws {
    let result = try clip(.norm(maximum: 1), [3, 0, -4])
    #expect(result.norm == 5)
    expectClose(result.gradient, [3 / 5.000001, 0, -4 / 5.000001])
  }

  @Test func aShortGradientStays() throws {
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
}
