import CKernels
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The loops of recurrent networks; whole networks are compared with PyTorch's elsewhere.
struct RecurrentKernelTests {
  /// Gates of one step of LSTM without a state: σ(x) and tanh(x).
  private func gates<Real: KernelReal>(
    _ x: [Real], _ kernels: nn_kernels
  ) -> (sigmoid: [Real], tanh: [Real]) {
    let count = x.count
    var input = x + x + x + x
    var (gates, state) = (
      [Real](repeating: 0, count: 4 * count), [Real](repeating: 0, count: 2 * count)
    )
    var (cell, scratch) = (
      [Real](repeating: 0, count: count), [Real](repeating: 0, count: 5 * count)
    )
    var net = nn_recurrent()
    net.cell = NN_CELL_LSTM
    (net.steps, net.batch, net.hidden, net.outputs, net.block) = (1, 1, count, count, count)
    var part = nn_recurrent_part()
    (part.row_end, part.unit_end, part.step_end) = (1, count, 1)
    // Without a first state no weight is read.
    scratch.withUnsafeMutableBytes { scratch in
      input.withUnsafeMutableBytes { input in
        gates.withUnsafeMutableBytes { gates in
          state.withUnsafeMutableBytes { state in
            cell.withUnsafeMutableBytes { cell in
              net.weights = UnsafeRawPointer(input.baseAddress)
              net.x = UnsafeRawPointer(input.baseAddress)
              (net.gates, net.h, net.c) = (gates.baseAddress, state.baseAddress, cell.baseAddress)
              kernels.recurrent(&net, &part, scratch.baseAddress)
            }
          }
        }
      }
    }
    return (Array(gates[..<count]), Array(gates[2 * count..<3 * count]))
  }

  @Test(arguments: KernelTable.all)
  func gatesErrByAFewUnitsInTheLastPlace(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let x = (-4000...4000).map { Real(Double($0) * 0.02 + 1e-3) } + [0, 1e-6, -1e-6, 1e-30]
      let found = gates(x, table.kernels)
      var worst = 0.0
      for (index, x) in x.enumerated() {
        let exact = (1 / (1 + exp(-Double(x))), tanh(Double(x)))
        for (found, exact) in [(found.sigmoid[index], exact.0), (found.tanh[index], exact.1)] {
          let unit = Double(max(Real(exact).ulp, Real.leastNormalMagnitude))
          worst = max(worst, (Double(found) - exact).magnitude / unit)
        }
      }
      #expect(worst <= 4, "\(worst)")
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all)
  func gatesOfLargeNumbersAreTheirLimits(table: KernelTable) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let x: [Real] = [.infinity, -.infinity, 1e30, -1e30, .nan]
      let found = gates(x, table.kernels)
      #expect(found.tanh[..<4] == [1, -1, 1, -1])
      #expect(found.sigmoid[0] == 1 && found.sigmoid[2] == 1)
      #expect(found.sigmoid[1] < 1e-37 && found.sigmoid[3] < 1e-37)
      #expect(found.tanh[4].isNaN && found.sigmoid[4].isNaN)
    }
    check(table.type)
  }

  @Test(arguments: KernelTable.all, [(1, 1), (5, 49), (3, 100), (7, 48)])
  func panelsHoldColumnsAndZeros(table: KernelTable, size: (terms: Int, columns: Int)) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let source: [Real] = (0..<size.terms * size.columns).map { Real($0 + 1) }
      let panels = (size.columns + 47) / 48
      var found = [Real](repeating: -1, count: panels * 48 * size.terms)
      var packing = nn_packing(
        terms: size.terms, column_begin: 0, column_end: size.columns, run: size.columns,
        run_stride: 0, column_stride: size.terms, term_stride: 1)
      table.kernels.pack_columns(&found, source, &packing)
      for panel in 0..<panels {
        for term in 0..<size.terms {
          for position in 0..<48 {
            let column = panel * 48 + position
            let expected = column < size.columns ? source[column * size.terms + term] : 0
            #expect(found[(panel * size.terms + term) * 48 + position] == expected)
          }
        }
      }
    }
    check(table.type)
  }
}
