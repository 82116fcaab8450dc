import CKernels
import Testing

struct ProgramTests {
  /// Output spaces with the strides of a view of each: rows, columns, permutations, broadcasts.
  struct View: Sendable, CustomTestStringConvertible {
    var extents: [Int]
    var strides: [Int]
    var testDescription: String { "\(extents) by \(strides)" }

    static let all = [
      View(extents: [1], strides: [0]), View(extents: [1025], strides: [1]),
      View(extents: [3000], strides: [0]), View(extents: [700, 10], strides: [0, 1]),
      View(extents: [3, 1500], strides: [0, 1]), View(extents: [130, 10], strides: [1, 0]),
      View(extents: [2, 16, 49], strides: [0, 1, 0]),
      View(extents: [4, 3, 400], strides: [3, 1, 0]),
      View(extents: [33, 47], strides: [1, 33]), View(extents: [5, 7, 11], strides: [1, 55, 5]),
      View(extents: [40, 60], strides: [128, 2]),
      View(extents: [2, 1, 3, 1, 5], strides: [0, 9, 1, 9, 0]),
      View(extents: [1024, 2], strides: [0, 1]), View(extents: [2, 1024], strides: [0, 1]),
      View(extents: [3, 2, 2, 2, 2, 2, 2, 3], strides: [1, 3, 6, 12, 24, 48, 96, 192]),
      View(extents: [0, 5], strides: [5, 1]),
    ]
  }

  private func program<Real: KernelReal>(_ view: View, _ type: Real.Type) -> KernelProgram<Real> {
    let count = view.extents.reduce(1, *)
    let reach = zip(view.extents, view.strides).reduce(1) { $0 + max(0, $1.0 - 1) * $1.1 }
    // r4 = a·b; r5 = r4 + view; r6 = r5² (output 0); r7 = r5 − r6 (output 1)
    return KernelProgram(
      extents: view.extents,
      operands: [
        ProgramOperand(values: numbers(count), kind: NN_CONTIGUOUS),
        ProgramOperand(values: [Real(1.25)], kind: NN_UNIFORM),
        ProgramOperand(values: numbers(reach, stream: 5), kind: NN_STRIDED, strides: view.strides),
        ProgramOperand(values: numbers(count, stream: 6), kind: NN_CONTIGUOUS),
      ],
      instructions: [
        instruction(NN_MULTIPLY, 4, 0, 1), instruction(NN_ADD, 5, 4, 2),
        instruction(NN_SQUARE, 6, 5), instruction(NN_SUBTRACT, 7, 5, 6),
        instruction(NN_MULTIPLY_ADD, 4, 7, 3, 1),
      ],
      registerCount: 8, outputRegisters: [6, 7, 4, 2, 7])
  }

  @Test(arguments: KernelTable.all, View.all)
  func agreesWithElementByElement(table: KernelTable, view: View) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let program = program(view, type)
      let (a, v, d) = (program.expanded(0), program.expanded(2), program.expanded(3))
      let sum = a.indices.map { a[$0] * 1.25 + v[$0] }
      let square = sum.map { $0 * $0 }
      let difference = zip(sum, square).map { $0 - $1 }
      let fused = difference.indices.map { Real(1.25).addingProduct(difference[$0], d[$0]) }
      let expected = [square, difference, fused, v, difference]
      let results = program.run(on: table)
      for (index, (result, oracle)) in zip(results, expected).enumerated() {
        #expect(same(result, oracle), "output \(index)")
      }
      // Any division into parts results in the same bits.
      let count = program.count
      let cuts = [0, min(1, count), count / 3, count / 2 + count / 7, count].sorted()
      #expect(program.run(on: table, cuts: cuts) == results)
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func anOutputMayReplaceAnOperand(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let values: [Real] = numbers(2600)
      let program = KernelProgram(
        extents: [values.count],
        operands: [ProgramOperand<Real>(values: [], kind: NN_CONTIGUOUS)],
        instructions: [instruction(NN_SQUARE, 1, 0), instruction(NN_ADD, 2, 1, 0)],
        registerCount: 3, outputRegisters: [2])
      var buffer = values
      buffer.withUnsafeMutableBytes { bytes in
        program.withProgram(outputs: [bytes.baseAddress]) { built in
          var operand = nn_operand()
          operand.address = UnsafeRawPointer(bytes.baseAddress)
          operand.kind = NN_CONTIGUOUS
          withUnsafePointer(to: operand) { operand in
            var built = built
            built.inputs = operand
            withUnsafePointer(to: built) { built in
              let scratch = Scratch(nn_program_scratch_bytes(built, MemoryLayout<Real>.size))
              table.kernels.program_run(built, 0, values.count, 1, 0, scratch.address)
            }
          }
        }
      }
      #expect(same(buffer, values.map { $0 * $0 + $0 }))
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func equalRangesAreRunOneAfterAnother(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let values: [Real] = numbers(5000)
      let program = KernelProgram(
        extents: [5, 1000],
        operands: [
          ProgramOperand<Real>(values: values, kind: NN_CONTIGUOUS),
          ProgramOperand<Real>(values: numbers(5, stream: 1), kind: NN_STRIDED, strides: [1, 0]),
        ],
        instructions: [instruction(NN_ADD, 2, 0, 1)], registerCount: 3, outputRegisters: [2])
      let whole = program.run(on: table)[0]
      for (first, count, stride) in [(7..<20, 5, 1000), (0..<1000, 5, 1000), (3..<2030, 2, 2500)] {
        let found = program.run(on: table, first, times: count, stride: stride)
        let written = Set((0..<count).flatMap { time in first.map { $0 + time * stride } })
        for index in whole.indices {
          #expect(found[index] == (written.contains(index) ? whole[index] : -77))
        }
      }
    }
    check(table.type)
  }
}
