import NNCore
import NNGraph
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax, gather and scatter, concatenation, random numbers, counters and reductions against
/// closed forms.
@Suite struct IndexingTests {
  @Test(arguments: [0, 1, 2, -1]) func softmaxEqualsItsDefinition(axis: Int) throws {
    let x = HostTensor.random([3, 5, 4], seed: 1, in: -30...30)
    let front = axis < 0 ? axis + 3 : axis
    let stride = x.shape.strides[front]
    let numbers = x.doubles
    let sums = numbers.indices.map { index in
      let start = index - index / stride % x.shape[front] * stride
      return (0..<x.shape[front]).reduce(0.0) { $0 + exp(numbers[start + $1 * stride]) }
    }
    let found = try evaluate([x]) { [$0[0].softmax(axis: axis), $0[0].logSoftmax(axis: axis)] }
    expectClose(found[0].doubles, zip(numbers, sums).map { exp($0) / $1 }, .init(relative: 1e-13))
    // x − ln Σ cancels where one element dominates: near 30 the rounding error is 4e-15.
    expectClose(
      found[1].doubles, zip(numbers, sums).map { $0 - log($1) },
      Tolerance(relative: 1e-12).orAbsolute(1e-14))
  }

  @Test func softmaxOfExtremesStaysFinite() throws {
    let x = HostTensor(
      [1e300, 0, -.infinity, 5, -.infinity, -.infinity] as [Double], shape: [3, 2])
    let found = try evaluate([x]) { [$0[0].softmax(), $0[0].logSoftmax()] }
    #expect(Array(found[0].doubles[..<4]) == [1, 0, 0, 1])
    #expect(found[0].doubles[4].isNaN)
    #expect(Array(found[1].doubles[..<4]) == [0, -1e300, -.infinity, 0])
  }

  @Test func gatherAndScatterAlongAnAxis() throws {
    let x = HostTensor([1, 2, 3, 4, 5, 6] as [Double], shape: [2, 3])
    let index = HostTensor([2, -1] as [Int32])
    let found = try evaluate([x, index]) { values in
      let gathered = values[0].gather(values[1], along: 1)
      return [
        gathered, gathered.scatter(values[1], count: 4),
        gathered.scatter(values[1], along: 0, count: 3),
        values[0].graph.gradients(of: (gathered * 10).sum(), withRespectTo: [values[0]])[0],
      ]
    }
    #expect(found[0].doubles == [3, 0])
    #expect(found[1].doubles == [0, 0, 3, 0, 0, 0, 0, 0])
    #expect(found[2].doubles == [0, 0, 0, 0, 3, 0])
    #expect(found[3].doubles == [0, 0, 10, 0, 0, 0])
  }

  @Test func argMaxReturnsTheFirstOnTiesAndNaN() throws {
    let x = HostTensor([1, 3, 3, 2, .nan, 9] as [Float], shape: [2, 3])
    let found = try evaluate([x]) { [$0[0].argMax(), $0[0].argMax(axis: 0)] }
    #expect(found[0].scalars(as: Int32.self) == [1, 1])
    #expect(found[1].scalars(as: Int32.self) == [1, 1, 1])
  }

  @Test func concatenationAndNarrowingAreInverse() throws {
    let a = HostTensor([1, 2, 3, 4] as [Int32], shape: [2, 2])
    let b = HostTensor([5, 6] as [Int32], shape: [2, 1])
    let found = try evaluate([a, b]) { values in
      let concatenated = Value.concatenated(values, axis: -1)
      return [
        concatenated, concatenated.narrowed(to: 0..<2, axis: 1),
        concatenated.narrowed(to: 2..<3, axis: -1),
        concatenated.narrowed(to: 1..<2, axis: 0),
      ]
    }
    #expect(found[0].scalars(as: Int32.self) == [1, 2, 5, 3, 4, 6])
    #expect(found[1] == a)
    #expect(found[2] == b)
    #expect(found[3].scalars(as: Int32.self) == [3, 4, 6])
  }

  @Test func everyElementTypeConverts() throws {
    let sources = [
      HostTensor([1, -2] as [Int32]), HostTensor([1, -2] as [Int64]),
      HostTensor([1, 255] as [UInt8]),
      HostTensor([true, false]), HostTensor([0.5, -1.25] as [Float]),
      HostTensor([0.1, -1.25] as [Double]),
    ]
    for source in sources {
      for target in [DType.float32, .float64] {
        let found = try evaluate([source]) { [$0[0].converted(to: target)] }[0]
        #expect(found == HostTensor(doubles: source.doubles, shape: [2], dtype: target))
      }
    }
    let text = diagnosticText([TensorType([2], .float32)]) { $0[0].converted(to: .int32) }
    #expect(text.contains("not to int32"))
  }

  /// Kernels compute the same numbers as `Philox`, from the seed and step written before the run.
  @Test func randomNumbersFollowTheSeedAtRunTime() throws {
    let graph = Graph()
    let state = graph.input("state", TensorType([2], .int64))
    let numbers = graph.randomUniform(TensorType([70, 501], .float64), stream: 3, state: state)
    let session = Session(
      try Plan(graph, fetches: [("numbers", numbers)]), variables: VariableStore())
    for (seed, step) in [(42, 0), (42, 1), (-7, 5)] as [(Int64, Int64)] {
      session.write("state", HostTensor([seed, step]))
      session.run()
      let source = Philox(seed: UInt64(bitPattern: seed), stream: 3, step: UInt32(step))
      #expect(session.read("numbers").doubles == (0..<35070).map { source.uniform($0) })
    }
  }

  @Test func countersAndLabelMasks() throws {
    let counter = HostTensor([0, 41, .max] as [Int64])
    let labels = HostTensor([0, -100, 2] as [Int32])
    let found = try evaluate([counter, labels]) {
      [
        $0[0].incremented(), $0[1].labelMask(notEqualTo: -100, dtype: .float32),
        $0[1].labelMask(equalTo: 2, dtype: .float64),
      ]
    }
    #expect(found[0].scalars(as: Int64.self) == [1, 42, .min])
    #expect(found[1] == HostTensor([1, 0, 1] as [Float]))
    #expect(found[2] == HostTensor([0, 0, 1] as [Double]))
  }

  @Test func reductionsEqualLoops() throws {
    let x = HostTensor.random([7, 33, 5], seed: 2)
    let numbers = x.doubles
    let found = try evaluate([x]) {
      [
        $0[0].sum(axes: [1]), $0[0].max(axes: [0, 2]), $0[0].min(), $0[0].mean(axes: [-1]),
        $0[0].sum(axes: [0, 1], keepDimensions: true),
      ]
    }
    var sums = [Double](repeating: 0, count: 35)
    for (index, number) in numbers.enumerated() { sums[index / 165 * 5 + index % 5] += number }
    expectClose(found[0].doubles, sums)
    var rows = [Double](repeating: -.infinity, count: 33)
    for (index, number) in numbers.enumerated() {
      rows[index / 5 % 33] = max(rows[index / 5 % 33], number)
    }
    #expect(found[1].doubles == rows)
    #expect(found[2].doubles == [numbers.min() ?? 0])
    let means = (0..<231).map { numbers[$0 * 5..<$0 * 5 + 5].reduce(0, +) / 5 }
    expectClose(found[3].doubles, means)
    #expect(found[4].shape == [1, 1, 5])
    var columns = [Double](repeating: 0, count: 5)
    for (index, number) in numbers.enumerated() { columns[index % 5] += number }
    expectClose(found[4].doubles, columns)
  }
}
