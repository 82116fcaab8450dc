import CKernels
import Testing

struct CopyTests {
  /// Permuted, broadcast and spread views, with how far they reach.
  @Test(
    arguments: KernelTable.all,
    ProgramTests.View.all + [
      .init(extents: [64, 64], strides: [1, 64]),
      .init(extents: [3, 17, 19], strides: [323, 1, 17]),
      .init(extents: [2, 5, 9, 3], strides: [135, 9, 1, 45]),
      .init(extents: [8, 8], strides: [1, 8]), .init(extents: [7, 200], strides: [1, 7]),
      .init(extents: [2, 3, 16, 10], strides: [480, 16, 1, 48]),
    ])
  func gathersTheView(table: KernelTable, view: ProgramTests.View) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let reach = zip(view.extents, view.strides).reduce(1) { $0 + max(0, $1.0 - 1) * $1.1 }
      let source: [Real] = numbers(reach)
      let program = KernelProgram(
        extents: view.extents,
        operands: [ProgramOperand(values: source, kind: NN_STRIDED, strides: view.strides)],
        registerCount: 1)
      let (expected, count) = (program.expanded(0), program.count)
      for cuts in [[0, count], [0, count / 3, count / 3, count * 4 / 5, count]] {
        var result = [Real](repeating: -77, count: count + 1)
        for (begin, end) in zip(cuts, cuts.dropFirst()) {
          table.kernels.copy_strided(
            &result, source, Int32(view.extents.count), view.extents.map(Int64.init), view.strides,
            begin, end)
        }
        #expect(result == expected + [-77])
      }
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func readsBackwards(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let source: [Real] = numbers(30)
      var result = [Real](repeating: 0, count: 30)
      source.withUnsafeBufferPointer { buffer in
        table.kernels.copy_strided(
          &result, buffer.baseAddress.map { $0 + 20 }, 2, [3, 10], [-10, 1], 0, 30)
      }
      #expect(result == Array(source[20...] + source[10..<20] + source[..<10]))
    }
    check(table.type)
  }
}
