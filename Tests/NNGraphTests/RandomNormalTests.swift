import Foundation
import NNCore
import NNGraph
import NNTestSupport
import Testing

@Suite struct RandomNormalTests {
  private func numbers(
    _ type: TensorType, seed: Int64, step: Int64,
    _ build: (Graph, Value) -> [Value]
  ) throws -> [[Double]] {
    let graph = Graph()
    let values = build(graph, graph.input("state", TensorType([2], .int64)))
    let outputs = values.enumerated().map { (name: "\($0)", value: $1) }
    let function = try Function(graph, outputs: outputs)
    let results = try function(["state": HostTensor([seed, step])])
    return try values.indices.map { try #require(results["\($0)"]).doubles }
  }

  /// Box and Muller's formula on the uniform numbers of two streams.
  @Test(arguments: [(42, 0), (-7, 5)] as [(Int64, Int64)])
  func numbersAreThoseOfTheFormula(seed: Int64, step: Int64) throws {
    let type = TensorType([7, 301], .float64)
    let found = try numbers(type, seed: seed, step: step) { graph, state in
      [graph.randomNormal(type, state: state), graph.randomNormal(type, state: state)]
    }
    for (index, values) in found.enumerated() {
      let streams = [2 * index, 2 * index + 1].map {
        Philox(seed: UInt64(bitPattern: seed), stream: UInt32($0), step: UInt32(step))
      }
      let expected = (0..<type.shape.elementCount).map {
        (-2 * log(1 - streams[0].uniform($0))).squareRoot()
          * cos(2 * .pi * streams[1].uniform($0))
      }
      expectClose(values, expected)
    }
  }

  @Test func momentsAreThoseOfTheNormalDistribution() throws {
    let type = TensorType([200_000], .float32)
    let found = try numbers(type, seed: 3, step: 1) { [$0.randomNormal(type, state: $1)] }[0]
    let count = Double(found.count)
    // Within five standard errors.
    for (power, moment, deviation) in [(1.0, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      let mean = found.reduce(0) { $0 + pow($1, power) } / count
      #expect(abs(mean - moment) < 5 * (deviation / count).squareRoot(), "moment \(power): \(mean)")
    }
    #expect(found.allSatisfy { abs($0) < 5.8 })
  }

  /// Without a stream, a call takes one that the graph does not use, explicit ones included.
  @Test func streamsAreNotUsedTwice() throws {
    let type = TensorType([100], .float64)
    let found = try numbers(type, seed: 1, step: 1) { graph, state in
      [
        graph.randomUniform(type, state: state), graph.randomUniform(type, stream: 4, state: state),
        graph.randomUniform(type, state: state), graph.randomUniform(type, stream: 2, state: state),
        graph.randomUniform(type, state: state),
      ]
    }
    for (values, stream) in zip(found, [0, 4, 5, 2, 6] as [UInt32]) {
      let source = Philox(seed: 1, stream: stream, step: 1)
      #expect(values == (0..<100).map { source.uniform($0) }, "stream \(stream)")
    }
  }
}
