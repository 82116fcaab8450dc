import CKernels
import Testing

struct AlongTests {
  @Test(arguments: KernelTable.all, [[4, 5, 1], [3, 7, 6], [1, 1, 1], [0, 3, 2]])
  func takesAndPutsByIndex(table: KernelTable, shape: [Int]) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (outer, count, inner) = (shape[0], shape[1], shape[2])
      let source: [Real] = numbers(outer * count * inner)
      // Indices outside the range on both sides: gathered as zeros and not scattered.
      let index = (0..<outer * inner).map { Int32($0 % (count + 2)) - 1 }
      var taken = [Real](repeating: -1, count: outer * inner)
      table.kernels.gather_along(&taken, source, index, outer, count, inner)
      let seed: [Real] = numbers(outer * inner, stream: 1)
      var put = [Real](repeating: -1, count: source.count)
      table.kernels.scatter_along(&put, seed, index, outer, count, inner)
      var expected = [Real](repeating: 0, count: source.count)
      for o in 0..<outer {
        for i in 0..<inner {
          let (position, row) = (o * inner + i, Int(index[o * inner + i]))
          let isInside = 0..<count ~= row
          #expect(taken[position] == (isInside ? source[(o * count + row) * inner + i] : 0))
          if isInside { expected[(o * count + row) * inner + i] = seed[position] }
        }
      }
      #expect(put == expected)
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all, lengths)
  func convertsEveryType(table: KernelTable, count: Int) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      func run(_ source: UnsafeRawPointer, _ dtype: nn_dtype) -> [Real] {
        var result = [Real](repeating: -1, count: count)
        table.kernels.convert(&result, source, dtype.rawValue, count)
        return result
      }
      let floats = (0..<count).map { Float($0) * 0.37 - 50 }
      let doubles = (0..<count).map { Double($0) * 0.37 - 50 }
      let ints = (0..<count).map { Int32($0) &* 1_234_567_891 }
      let longs = (0..<count).map { Int64($0) &* 1_234_567_890_123_456_789 }
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      #expect(run(floats, NN_FLOAT32) == floats.map { Real($0) })
      #expect(run(doubles, NN_FLOAT64) == doubles.map { Real($0) })
      #expect(run(ints, NN_INT32) == ints.map { Real($0) })
      #expect(run(longs, NN_INT64) == longs.map { Real($0) })
      #expect(run(bytes, NN_UINT8) == bytes.map { Real($0) })
    }
    check(table.type)
  }
}
