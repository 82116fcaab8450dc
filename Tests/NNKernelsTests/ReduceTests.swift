import CKernels
import Testing

struct ReduceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var extents: [Int]
    var reduced: [Bool]
    var testDescription: String {
      zip(extents, reduced).map { "\($0)\($1 ? "r" : "k")" }.joined(separator: " ")
    }

    init(_ pattern: String) {
      let axes = pattern.split(separator: " ")
      extents = axes.map { Int($0.dropLast()) ?? 0 }
      reduced = axes.map { $0.last == "r" }
    }

    static let all = [
      "1r", "1k", "5r", "17k", "1024r", "1025r", "5000r", "1100k", "128r 10k", "128k 10r",
      "7r 1030k", "3k 1500r", "3k 1500k", "2500r 3k", "2r 3k 49r", "4r 16k 1024r", "3k 5r 7k",
      "3k 50r 70k", "2k 3r 1100k", "6k 2r 2k 3r", "3r 2k 4r 5k", "1k 7r", "1r 7k", "1k 3r 1k 5k",
      "2k 3k 4r 5r", "2r 3r 4k 5k", "40k 33r 3k", "2k 1r 3k", "3k 700r", "2k 40r 30k 2r",
      "2r 3k 2r 3k 2r 3k 2r 2k", "0r 3k", "3k 0r", "1k 2000r", "0k 4r",
    ].map(Case.init)
  }

  private static let kinds: [(nn_reduction, Double, @Sendable (Double, Double) -> Double)] = [
    (NN_SUM, 0, { $0 + $1 }),
    (NN_MAX, -.infinity, { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }),
    (NN_MIN, .infinity, { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }),
    (NN_PRODUCT, 1, { $0 * $1 }),
  ]

  /// Where the kept axes put element `flat`.
  private func keptPosition(_ flat: Int, _ one: Case) -> Int {
    var (rest, position, stride) = (flat, 0, 1)
    for axis in one.extents.indices.reversed() {
      if !one.reduced[axis] {
        position += rest % one.extents[axis] * stride
        stride *= one.extents[axis]
      }
      rest /= one.extents[axis]
    }
    return position
  }

  private func reduce<Real: KernelReal>(
    _ program: KernelProgram<Real>, _ kind: nn_reduction, register: Int, _ one: Case,
    begin: Int, end: Int, table: KernelTable
  ) -> [Real] {
    let outer = one.reduced[0] ? 1 : end - begin
    let kept = zip(one.extents, one.reduced).dropFirst().reduce(outer) { $0 * ($1.1 ? 1 : $1.0) }
    var result = [Real](repeating: -77, count: kept + 2)
    program.withProgram(outputs: []) { built in
      var reduction = nn_reduce_program()
      reduction.program = built
      reduction.kind = kind
      reduction.register_index = UInt16(register)
      withUnsafeMutableBytes(of: &reduction.reduced) { bytes in
        for (axis, flag) in one.reduced.enumerated() { bytes[axis] = flag ? 1 : 0 }
      }
      withUnsafePointer(to: reduction) { reduction in
        let scratch = Scratch(nn_reduce_scratch_bytes(reduction, MemoryLayout<Real>.size))
        table.kernels.reduce_run(reduction, begin, end, &result, scratch.address)
      }
    }
    #expect(result.suffix(2).allSatisfy { $0 == -77 }, "written past the end")
    return Array(result.dropLast(2))
  }

  @Test(arguments: KernelTable.all, Case.all)
  func agreesWithNaiveLoops(table: KernelTable, one: Case) throws {
    func check<Real: KernelReal>(_ type: Real.Type) throws {
      let count = one.extents.reduce(1, *)
      // Register 0 in place; register 2 = x·1.5 evaluated block by block.
      let program = KernelProgram(
        extents: one.extents,
        operands: [
          ProgramOperand<Real>(values: numbers(count, scale: 1.4), kind: NN_CONTIGUOUS),
          ProgramOperand<Real>(values: [1.5], kind: NN_UNIFORM),
        ],
        instructions: [instruction(NN_MULTIPLY, 2, 0, 1)], registerCount: 3)
      let values = program.expanded(0)
      let scalar = try #require(KernelTable(isa: "scalar", type: type))
      let kept = zip(one.extents, one.reduced).reduce(1) { $0 * ($1.1 ? 1 : $1.0) }
      for register in [0, 2] {
        for (kind, neutral, combine) in Self.kinds {
          var expected = [Double](repeating: neutral, count: kept)
          for (flat, value) in values.enumerated() {
            let position = keptPosition(flat, one)
            let term = Double(register == 0 ? value : value * 1.5)
            expected[position] = combine(expected[position], term)
          }
          let extent = one.extents[0]
          let result = reduce(
            program, kind, register: register, one, begin: 0, end: extent, table: table)
          expectClose(result, expected, tolerance: 3 * Real.tolerance, "kind \(kind.rawValue)")
          let reference = reduce(
            program, kind, register: register, one, begin: 0, end: extent, table: scalar)
          #expect(same(result, reference), "differs from scalar, kind \(kind.rawValue)")
          let cut = extent / 3
          let parts = [(0, cut), (cut, extent)].map {
            reduce(program, kind, register: register, one, begin: $0, end: $1, table: table)
          }
          if one.reduced[0] {
            let both = zip(parts[0], parts[1]).map { Real(combine(Double($0), Double($1))) }
            expectClose(both, expected, tolerance: 6 * Real.tolerance, "in two parts")
          } else {
            #expect(same(parts[0] + parts[1], result), "bits differ in two parts")
          }
        }
      }
    }
    try check(table.type)
  }

  @Test(arguments: KernelTable.all, ["40k 33r", "33r 40k", "3000r"].map(Case.init))
  func aNaNReachesItsResultOnly(table: KernelTable, one: Case) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      var values: [Real] = numbers(one.extents.reduce(1, *))
      let hit = values.count / 2 + 5
      values[hit] = .nan
      let program = KernelProgram(
        extents: one.extents, operands: [ProgramOperand(values: values, kind: NN_CONTIGUOUS)],
        registerCount: 1)
      for (kind, _, _) in Self.kinds {
        let result = reduce(
          program, kind, register: 0, one, begin: 0, end: one.extents[0], table: table)
        for (position, value) in result.enumerated() {
          #expect(value.isNaN == (position == keptPosition(hit, one)))
        }
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all, lengths)
  func rowsFoldLikeNaiveLoops(table: KernelTable, count: Int) throws {
    func check<Real: KernelReal>(_ type: Real.Type) throws {
      let a: [Real] = numbers(count)
      let b: [Real] = numbers(count, stream: 1)
      let kernels = table.kernels
      let scalar = try #require(KernelTable(isa: "scalar", type: type)).kernels
      let sum = a.reduce(0) { $0 + Double($1) }
      let dot = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let bound = Real.tolerance * Double(count + 1) / 4
      #expect(abs(kernels.row_sum(a, count) - sum) <= bound)
      #expect(abs(kernels.row_dot(a, b, count) - dot) <= bound)
      #expect(kernels.row_max(a, count) == a.map { Double($0) }.max() ?? -.infinity)
      #expect(kernels.row_min(a, count) == a.map { Double($0) }.min() ?? .infinity)
      #expect(kernels.row_sum(a, count) == scalar.row_sum(a, count))
      #expect(kernels.row_dot(a, b, count) == scalar.row_dot(a, b, count))
    }
    try check(table.type)
  }

  /// A million equal numbers: adding one by one would be off by per cents in float.
  @Test(arguments: KernelTable.all)
  func longSumsStayAccurate(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let values = [Real](repeating: 0.1, count: 1 << 20)
      let expected = Double(Real(0.1)) * Double(values.count)
      #expect(abs(table.kernels.row_sum(values, values.count) / expected - 1) < 1e-6)
    }
    check(table.type)
  }
}
