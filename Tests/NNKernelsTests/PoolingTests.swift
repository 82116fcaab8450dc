import CKernels
import Testing

struct PoolingTests {
  /// Planes before and after the requested ones must not change.
  private let begin = 1
  private let planes = 4

  @Test(arguments: KernelTable.all, WindowCase.all)
  func maximumAgreesWithItsDefinition(table: KernelTable, one: WindowCase) {
    func check<Real: KernelReal>(_ type: Real.Type, hasTies: Bool) {
      let (area, outArea) = (one.input[1] * one.input[2], one.output[0] * one.output[1])
      var image: [Real] = numbers(planes * area, scale: 2)
      if hasTies {
        image = image.map { $0.rounded() }
        for position in stride(from: 7, to: image.count, by: 31) { image[position] = .nan }
        for position in stride(from: 3, to: image.count, by: 5) { image[position] = -.infinity }
      }
      var expected = [Real](repeating: -77, count: planes * outArea)
      var positions = [Int32](repeating: -77, count: planes * outArea)
      for plane in begin..<planes - 1 {
        for output in 0..<outArea {
          var best: (value: Real, position: Int)?
          for input in one.inputs(output / one.output[1], output % one.output[1]) {
            let value = image[plane * area + input.position]
            if let leader = best, !(value > leader.value || value.isNaN) { continue }
            best = (value, input.position)
          }
          guard let best else { return }  // windows with only padding are not allowed
          expected[plane * outArea + output] = best.value
          positions[plane * outArea + output] = Int32(best.position)
        }
      }
      var result = [Real](repeating: -77, count: expected.count)
      var argmax = [Int32](repeating: -77, count: expected.count)
      let kernels = table.kernels
      withUnsafePointer(to: one.window) { window in
        kernels.max_pool(&result, &argmax, image, begin, planes - 1, window)
        #expect(same(result, expected))
        #expect(argmax == positions)
        var valuesAlone = [Real](repeating: -77, count: expected.count)
        kernels.max_pool(&valuesAlone, nil, image, begin, planes - 1, window)
        #expect(same(valuesAlone, expected))

        var gathered = [Real](repeating: -77, count: expected.count)
        kernels.max_pool_gather(&gathered, positions, image, begin, planes - 1, window)
        #expect(same(gathered, expected))

        let seed: [Real] = numbers(expected.count, stream: 1)
        var gradient = [Real](repeating: -77, count: image.count)
        kernels.max_pool_backward(&gradient, positions, seed, begin, planes - 1, window)
        var adjoint = [Double](repeating: -77, count: image.count)
        for position in begin * area..<(planes - 1) * area { adjoint[position] = 0 }
        for output in begin * outArea..<(planes - 1) * outArea {
          adjoint[output / outArea * area + Int(positions[output])] += Double(seed[output])
        }
        expectClose(gradient, adjoint, tolerance: Real.tolerance)
      }
    }
    check(table.type, hasTies: false)
    check(table.type, hasTies: true)
  }

  /// The divisor in PyTorch: the window clipped at the padding's end, or its part inside the image.
  private func divisor(_ one: WindowCase, _ y: Int, _ x: Int, countsPadding: Bool) -> Int {
    guard countsPadding else { return one.inputs(y, x).count }
    return [y, x].enumerated().reduce(1) { product, output in
      let (axis, index) = output
      let start = index * one.stride[axis] - one.padding[axis]
      let end = min(start + one.kernel[axis], one.input[axis + 1] + one.padding[axis + 2])
      return product * (end - start)
    }
  }

  @Test(arguments: KernelTable.all, WindowCase.all.filter { $0.dilation == [1, 1] })
  func averageAgreesWithItsDefinition(table: KernelTable, one: WindowCase) {
    func check<Real: KernelReal>(_ type: Real.Type, countsPadding: Bool) {
      let (area, outArea) = (one.input[1] * one.input[2], one.output[0] * one.output[1])
      let image: [Real] = numbers(planes * area)
      let seed: [Real] = numbers(planes * outArea, stream: 1)
      var expected = [Double](repeating: -77, count: planes * outArea)
      var adjoint = [Double](repeating: -77, count: image.count)
      for position in begin * area..<(planes - 1) * area { adjoint[position] = 0 }
      for plane in begin..<planes - 1 {
        for output in 0..<outArea {
          let (y, x) = (output / one.output[1], output % one.output[1])
          let inputs = one.inputs(y, x)
          if inputs.isEmpty { return }
          let parts = Double(divisor(one, y, x, countsPadding: countsPadding))
          let sum = inputs.reduce(0) { $0 + Double(image[plane * area + $1.position]) }
          expected[plane * outArea + output] = sum / parts
          for input in inputs {
            adjoint[plane * area + input.position] += Double(seed[plane * outArea + output]) / parts
          }
        }
      }
      var result = [Real](repeating: -77, count: expected.count)
      var gradient = [Real](repeating: -77, count: image.count)
      withUnsafePointer(to: one.window) {
        table.kernels.avg_pool(&result, image, begin, planes - 1, $0, countsPadding)
        table.kernels.avg_pool_backward(&gradient, seed, begin, planes - 1, $0, countsPadding)
      }
      expectClose(result, expected, tolerance: Real.tolerance)
      expectClose(gradient, adjoint, tolerance: Real.tolerance)
    }
    check(table.type, countsPadding: false)
    check(table.type, countsPadding: true)
  }

  @Test(
    arguments: KernelTable.all,
    [
      [1, 1, 1, 1], [7, 7, 1, 1], [32, 32, 1, 1], [10, 7, 3, 4], [5, 9, 5, 9], [3, 2, 7, 5],
    ])
  func adaptiveAverageAgreesWithItsDefinition(table: KernelTable, shape: [Int]) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (area, outArea) = (shape[0] * shape[1], shape[2] * shape[3])
      let image: [Real] = numbers(planes * area)
      let seed: [Real] = numbers(planes * outArea, stream: 1)
      var expected = [Double](repeating: -77, count: planes * outArea)
      var adjoint = [Double](repeating: -77, count: image.count)
      for position in begin * area..<(planes - 1) * area { adjoint[position] = 0 }
      func covered(_ index: Int, _ axis: Int) -> Range<Int> {
        let (length, cells) = (shape[axis], shape[axis + 2])
        return index * length / cells..<((index + 1) * length + cells - 1) / cells
      }
      for plane in begin..<planes - 1 {
        for output in 0..<outArea {
          let (rows, columns) = (covered(output / shape[3], 0), covered(output % shape[3], 1))
          let positions = rows.flatMap { row in columns.map { plane * area + row * shape[1] + $0 } }
          let target = plane * outArea + output
          let count = Double(positions.count)
          expected[target] = positions.reduce(0) { $0 + Double(image[$1]) } / count
          for position in positions { adjoint[position] += Double(seed[target]) / count }
        }
      }
      var window = nn_window()
      window.height = Int64(shape[0])
      window.width = Int64(shape[1])
      window.out_height = Int64(shape[2])
      window.out_width = Int64(shape[3])
      var result = [Real](repeating: -77, count: expected.count)
      var gradient = [Real](repeating: -77, count: image.count)
      table.kernels.adaptive_avg_pool(&result, image, begin, planes - 1, &window)
      table.kernels.adaptive_avg_pool_backward(&gradient, seed, begin, planes - 1, &window)
      expectClose(result, expected, tolerance: Real.tolerance)
      expectClose(gradient, adjoint, tolerance: Real.tolerance)
    }
    check(table.type)
  }
}
