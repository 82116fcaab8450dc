import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Attention of one head and its gradient against plain loops in Float64.
struct AttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var queries: Int
    var keys: Int
    var depth: Int
    var valueDepth: Int
    var counted: Int
    var first: Int?
    var masks = false

    var testDescription: String {
      "\(queries)×\(keys)×\(depth), \(valueDepth), \(counted), \(first ?? -1), \(masks)"
    }
  }

  static let cases = [
    Case(queries: 1, keys: 1, depth: 1, valueDepth: 1, counted: 1),
    Case(queries: 5, keys: 7, depth: 3, valueDepth: 2, counted: 7),
    Case(queries: 33, keys: 33, depth: 16, valueDepth: 16, counted: 33, first: 0),
    Case(queries: 130, keys: 130, depth: 32, valueDepth: 17, counted: 129, first: 0),
    Case(queries: 3, keys: 50, depth: 8, valueDepth: 8, counted: 40, first: 20),
    Case(queries: 9, keys: 20, depth: 4, valueDepth: 5, counted: 0),
    Case(queries: 40, keys: 1100, depth: 5, valueDepth: 4, counted: 1001),
    Case(queries: 17, keys: 18, depth: 6, valueDepth: 6, counted: 16, masks: true),
  ]

  /// The reference results of one head: the output, the logarithms of the sums and the gradients.
  private struct Oracle {
    var output: [Double]
    var logSums: [Double]
    var query: [Double]
    var key: [Double]
    var value: [Double]

    init(
      _ example: Case, query q: [Double], key k: [Double], value v: [Double], mask: [Double],
      cotangent g: [Double]
    ) {
      let (depth, valueDepth) = (example.depth, example.valueDepth)
      let scale = 0.3
      output = [Double](repeating: 0, count: example.queries * valueDepth)
      logSums = [Double](repeating: -.infinity, count: example.queries)
      query = [Double](repeating: 0, count: q.count)
      key = [Double](repeating: 0, count: k.count)
      value = [Double](repeating: 0, count: v.count)
      for i in 0..<example.queries {
        let seen = (0..<example.counted).filter { j in
          example.first.map { j <= $0 + i } ?? true
            && !(example.masks && mask[i * example.keys + j] == -.infinity)
        }
        let scores = seen.map { j in
          (0..<depth).reduce(0) { $0 + q[i * depth + $1] * k[j * depth + $1] } * scale
            + (example.masks ? mask[i * example.keys + j] : 0)
        }
        guard let most = scores.max() else { continue }
        let sum = scores.reduce(0) { $0 + exp($1 - most) }
        logSums[i] = most + log(sum)
        let scoreGradients = seen.map { j in
          (0..<valueDepth).reduce(0) { $0 + g[i * valueDepth + $1] * v[j * valueDepth + $1] }
        }
        let weights = scores.map { exp($0 - most) / sum }
        let mean = zip(weights, scoreGradients).reduce(0) { $0 + $1.0 * $1.1 }
        for (position, j) in seen.enumerated() {
          for c in 0..<valueDepth {
            output[i * valueDepth + c] += weights[position] * v[j * valueDepth + c]
            value[j * valueDepth + c] += weights[position] * g[i * valueDepth + c]
          }
          let scoreGradient = weights[position] * (scoreGradients[position] - mean) * scale
          for c in 0..<depth {
            query[i * depth + c] += scoreGradient * k[j * depth + c]
            key[j * depth + c] += scoreGradient * q[i * depth + c]
          }
        }
      }
    }
  }

  @Test(arguments: KernelTable.all, cases)
  func agreesWithPlainLoops(table: KernelTable, example: Case) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (n, s) = (example.queries, example.keys)
      let (depth, valueDepth) = (example.depth, example.valueDepth)
      let query: [Real] = numbers(n * depth, stream: 1)
      var key: [Real] = numbers(s * depth, stream: 2)
      var value: [Real] = numbers(s * valueDepth, stream: 3)
      let cotangent: [Real] = numbers(n * valueDepth, stream: 4)
      var mask: [Real] = numbers(n * s, stream: 5)
      for position in stride(from: 3, to: mask.count, by: 4) { mask[position] = -.infinity }
      // The last query is to see nothing.
      for position in (n - 1) * s..<n * s { mask[position] = -.infinity }
      func wide(_ numbers: [Real]) -> [Double] { numbers.map { Double($0) } }
      let oracle = Oracle(
        example, query: wide(query), key: wide(key), value: wide(value), mask: wide(mask),
        cotangent: wide(cotangent))
      // Invalid keys and values must not be read.
      for position in example.counted * depth..<s * depth { key[position] = .nan }
      for position in example.counted * valueDepth..<s * valueDepth { value[position] = .nan }

      var owned: [UnsafeMutableBufferPointer<Real>] = []
      defer { for buffer in owned { buffer.deallocate() } }
      func allocated(_ numbers: [Real]) -> UnsafeMutablePointer<Real> {
        let buffer = UnsafeMutableBufferPointer<Real>.allocate(capacity: max(1, numbers.count))
        _ = buffer.initialize(from: numbers)
        owned.append(buffer)
        return buffer.baseAddress ?? .allocate(capacity: 0)
      }
      func unset(_ count: Int) -> UnsafeMutablePointer<Real> {
        allocated([Real](repeating: .nan, count: count))
      }
      func read(_ pointer: UnsafeMutablePointer<Real>, _ count: Int) -> [Real] {
        Array(UnsafeBufferPointer(start: pointer, count: count))
      }
      let kernels = table.kernels
      let bytes = max(1, kernels.attention_scratch_bytes(s, depth, valueDepth, true))
      let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      defer { scratch.deallocate() }
      scratch.initializeMemory(as: UInt8.self, repeating: 0xff, count: bytes)
      let (output, logSums) = (unset(n * valueDepth), unset(n))
      let (dQuery, dKey, dValue) = (unset(n * depth), unset(s * depth), unset(s * valueDepth))
      var head = nn_attention(
        query: allocated(query), key: allocated(key), value: allocated(value), query_stride: depth,
        key_stride: depth, value_stride: valueDepth, keys: example.counted, depth: depth,
        value_depth: valueDepth, scale: 0.3, causal: example.first != nil,
        first: example.first ?? 0, mask: example.masks ? UnsafeRawPointer(allocated(mask)) : nil,
        mask_stride: s)
      // In two parts, as two threads would.
      let middle = n / 3
      kernels.attention(&head, output, valueDepth, logSums, 0, middle, scratch)
      kernels.attention(&head, output, valueDepth, logSums, middle, n, scratch)
      var gradient = nn_attention_gradient(
        queries: n, all_keys: s, output: output, cotangent: allocated(cotangent), log_sums: logSums,
        output_stride: valueDepth, query: dQuery, key: dKey, value: dValue)
      kernels.attention_gradient(&head, &gradient, scratch)
      let tolerance = Real.tolerance * 20
      func compare(_ found: UnsafeMutablePointer<Real>, _ expected: [Double], _ what: String) {
        expectClose(read(found, expected.count), expected, tolerance: tolerance, what)
      }
      compare(output, oracle.output, "output")
      compare(logSums, oracle.logSums, "sums")
      compare(dQuery, oracle.query, "query")
      compare(dKey, oracle.key, "key")
      compare(dValue, oracle.value, "value")
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func rowsByIndexStayInside(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (rows, length) = (7, 19)
      let source: [Real] = numbers(rows * length)
      let index: [Int32] = [3, -1, 0, 7, 6, 3, .max, .min, 3]
      var taken = [Real](repeating: .nan, count: index.count * length)
      table.kernels.gather_rows(&taken, source, index, index.count, rows, length)
      for (position, row) in index.enumerated() {
        for column in 0..<length {
          let isInside = (0..<Int32(rows)).contains(row)
          #expect(
            taken[position * length + column] == (isInside ? source[Int(row) * length + column] : 0)
          )
        }
      }
      var sums = [Real](repeating: .nan, count: rows * length)
      table.kernels.scatter_add_rows(&sums, taken, index, index.count, rows, length, 0, 16)
      table.kernels.scatter_add_rows(&sums, taken, index, index.count, rows, length, 16, length)
      for row in 0..<rows {
        let times = Real(index.filter { Int($0) == row }.count)
        for column in 0..<length {
          let expected = times * source[row * length + column]
          #expect(abs(sums[row * length + column] - expected) <= 1e-6 * abs(expected))
        }
      }
    }
    check(table.type)
  }
}
