import CKernels
import Testing

struct ElementwiseTests {
  /// Pairs and triples of these cover every branch.
  private func specials<Real: KernelReal>(_ type: Real.Type) -> [Real] {
    [
      0, -0.0, 1, -1, 0.5, -2.5, 3.75, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
      -.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e-30, -1e30, 7,
    ]
  }

  private func unary<Real: KernelReal>(_ type: Real.Type) -> [(nn_opcode, (Real) -> Real)] {
    [
      (NN_COPY, { $0 }), (NN_NEGATE, { -$0 }), (NN_ABS, { $0.magnitude }),
      (NN_SIGN, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }), (NN_SQUARE, { $0 * $0 }),
      (NN_SQRT, { $0.squareRoot() }), (NN_RECIPROCAL, { 1 / $0 }),
      (NN_FLOOR, { $0.rounded(.down) }), (NN_RELU, { $0.isNaN ? $0 : $0 > 0 ? $0 : 0 }),
      (NN_STEP, { $0 >= 0 ? 1 : 0 }), (NN_IS_FINITE, { $0.isFinite ? 1 : 0 }),
    ]
  }

  private func binary<Real: KernelReal>(_ type: Real.Type) -> [(nn_opcode, (Real, Real) -> Real)] {
    [
      (NN_ADD, { $0 + $1 }), (NN_SUBTRACT, { $0 - $1 }), (NN_MULTIPLY, { $0 * $1 }),
      (NN_DIVIDE, { $0 / $1 }),
      (NN_MAXIMUM, { $0.isNaN || $1.isNaN ? .nan : $0 > $1 ? $0 : $1 }),
      (NN_MINIMUM, { $0.isNaN || $1.isNaN ? .nan : $0 < $1 ? $0 : $1 }),
      (NN_GREATER, { $0 > $1 ? 1 : 0 }), (NN_GREATER_EQUAL, { $0 >= $1 ? 1 : 0 }),
      (NN_EQUAL, { $0 == $1 ? 1 : 0 }), (NN_RELU_GRADIENT, { $1 > 0 ? $0 : 0 }),
    ]
  }

  @Test(arguments: KernelTable.all)
  func basicFunctionsAreExact(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let values = specials(type) + numbers(100)
      for (opcode, oracle) in unary(type) {
        #expect(same(table.apply(opcode, values), values.map(oracle)), "opcode \(opcode.rawValue)")
      }
      let left = values.flatMap { value in values.map { _ in value } }
      let right = values.flatMap { _ in values }
      for (opcode, oracle) in binary(type) {
        #expect(
          same(table.apply(opcode, left, right), zip(left, right).map(oracle)),
          "opcode \(opcode.rawValue)")
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func threeOperandFunctionsAreExact(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let values = specials(type)
      var a: [Real] = []
      var b: [Real] = []
      var c: [Real] = []
      for first in values {
        for second in values {
          for third in values {
            a.append(first)
            b.append(second)
            c.append(third)
          }
        }
      }
      let chosen = a.indices.map { a[$0] != 0 ? b[$0] : c[$0] }
      #expect(same(table.apply(NN_SELECT, a, b, c), chosen))
      let fused = a.indices.map { c[$0].addingProduct(a[$0], b[$0]) }
      #expect(same(table.apply(NN_MULTIPLY_ADD, a, b, c), fused))
    }
    check(table.type)
  }

  /// Same bits at every position of every length, and in every instruction set, except for
  /// functions that the scalar table of a type may round differently: there are none.
  @Test(arguments: KernelTable.all)
  func bitsDependOnTheElementAlone(table: KernelTable) throws {
    func check<Real: KernelReal>(_ type: Real.Type) throws {
      let scalar = try #require(KernelTable(isa: "scalar", type: type))
      let a = specials(type) + numbers(1100, scale: 30)
      let b = Array(a.reversed())
      let c: [Real] = numbers(a.count, stream: 4)
      for raw in 0..<NN_OPCODE_COUNT.rawValue {
        let opcode = nn_opcode(rawValue: raw)
        let reference = scalar.apply(opcode, a, b, c)
        #expect(same(table.apply(opcode, a, b, c), reference), "opcode \(raw)")
        for length in lengths where length <= 1025 {
          let start = a.count - length
          let tail = table.apply(opcode, Array(a[start...]), Array(b[start...]), Array(c[start...]))
          #expect(same(tail, Array(reference[start...])), "opcode \(raw), length \(length)")
        }
      }
    }
    try check(table.type)
  }
}
