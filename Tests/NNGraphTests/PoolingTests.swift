import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Pooling against nested loops in Float64.
@Suite struct PoolingTests {
  struct Case: Sendable, CustomStringConvertible {
    var shape: Shape
    var kernel: Size2D
    var stride: Size2D
    var padding: Padding2D = 0
    var dilation: Size2D = 1
    var ceilMode = false
    /// Height and width of the result, computed by hand.
    var outputSize: Size2D

    var description: String {
      "\(shape), kernel \(kernel), stride \(stride), padding \(padding), dilation \(dilation), "
        + "ceil \(ceilMode)"
    }
    var output: Shape { [shape[0], shape[1], outputSize.height, outputSize.width] }

    /// For each output element the positions (row, column) in its window, inside the image or not.
    func windows() -> [(plane: Int, cells: [(row: Int, column: Int)])] {
      (0..<output.elementCount).map { index in
        let x = index % outputSize.width
        let y = index / outputSize.width % outputSize.height
        let cells = (0..<kernel.height * kernel.width).map { cell in
          (
            row: y * stride.height - padding.top + cell / kernel.width * dilation.height,
            column: x * stride.width - padding.left + cell % kernel.width * dilation.width
          )
        }
        return (index / (outputSize.width * outputSize.height), cells)
      }
    }

    func isInside(_ cell: (row: Int, column: Int)) -> Bool {
      (0..<shape[2]).contains(cell.row) && (0..<shape[3]).contains(cell.column)
    }

    func isPadded(_ cell: (row: Int, column: Int)) -> Bool {
      (-padding.top..<shape[2] + padding.bottom).contains(cell.row)
        && (-padding.left..<shape[3] + padding.right).contains(cell.column)
    }

    func index(_ plane: Int, _ cell: (row: Int, column: Int)) -> Int {
      (plane * shape[2] + cell.row) * shape[3] + cell.column
    }
  }

  static let cases = [
    Case(shape: [1, 1, 1, 1], kernel: 1, stride: 1, outputSize: 1),
    Case(shape: [2, 3, 6, 4], kernel: 2, stride: 2, outputSize: Size2D(height: 3, width: 2)),
    Case(shape: [1, 2, 37, 41], kernel: 2, stride: 2, outputSize: Size2D(height: 18, width: 20)),
    Case(
      shape: [2, 1, 7, 8], kernel: Size2D(height: 3, width: 2), stride: Size2D(height: 1, width: 3),
      padding: Padding2D(height: 1, width: 0), outputSize: Size2D(height: 7, width: 3)),
    Case(
      shape: [1, 2, 6, 5], kernel: 3, stride: 2, padding: 1, ceilMode: true,
      outputSize: Size2D(height: 4, width: 3)),
    // A last window that would start in the padding is left out.
    Case(shape: [1, 1, 3, 3], kernel: 2, stride: 2, padding: 1, ceilMode: true, outputSize: 2),
    // The only window extends past the end: PyTorch's ⌈(2 − 3)/2⌉ + 1 = 1 and ⌈(1 + 2 − 5)/3⌉ + 1.
    Case(shape: [2, 2, 2, 2], kernel: 3, stride: 2, ceilMode: true, outputSize: 1),
    Case(
      shape: [1, 3, 1, 5], kernel: Size2D(height: 5, width: 3), stride: 3,
      padding: Padding2D(height: 1, width: 0), ceilMode: true,
      outputSize: Size2D(height: 1, width: 2)),
  ]

  /// By a whole stride it may not: there would be no window position.
  @Test func aWindowMayExtendPastTheEndByLessThanTheStride() {
    func text(_ size: Int, _ kernel: Size2D, _ stride: Size2D, _ ceilMode: Bool) -> String {
      diagnosticText([TensorType([1, 1, size, size], .float32)]) {
        $0[0].maxPool2D(kernel: kernel, stride: stride, ceilMode: ceilMode)
      }
    }
    #expect(text(2, 3, 2, true).isEmpty)
    #expect(text(2, 4, 2, true).contains("4×4 is larger than the padded image of 2×2"))
    #expect(text(2, 3, 1, true).contains("3×3 is larger than the padded image of 2×2"))
    #expect(text(2, 3, 2, false).contains("3×3 is larger than the padded image of 2×2"))
  }

  @Test(arguments: cases) func maximaAndTheirGradientsEqualLoops(example: Case) throws {
    try checkMaxima(example)
  }

  @Test func dilatedMaximaEqualLoops() throws {
    try checkMaxima(
      Case(
        shape: [2, 2, 7, 6], kernel: 3, stride: 1, padding: 1, dilation: 2,
        outputSize: Size2D(height: 5, width: 4)))
  }

  private func checkMaxima(_ example: Case) throws {
    let images = HostTensor.random(example.shape, seed: 1)
    let cotangent = HostTensor.random(example.output, seed: 2)
    let numbers = images.doubles
    var expected: [Double] = []
    var gradient = [Double](repeating: 0, count: numbers.count)
    for (window, g) in zip(example.windows(), cotangent.doubles) {
      let inside = window.cells.filter(example.isInside).map { example.index(window.plane, $0) }
      let best = try #require(inside.max { numbers[$0] < numbers[$1] })
      expected.append(numbers[best])
      gradient[best] += g
    }
    let found = try evaluate([images, cotangent]) { values in
      let result = values[0].maxPool2D(
        kernel: example.kernel, stride: example.stride, padding: example.padding,
        dilation: example.dilation, ceilMode: example.ceilMode)
      return [result]
        + values[0].graph.gradients(of: result, withRespectTo: [values[0]], cotangent: values[1])
    }
    expectIdentical(found[0], HostTensor(expected, shape: example.output))
    expectClose(found[1], HostTensor(gradient, shape: example.shape))
  }

  /// Relu's gradient is computed from the pooled elements, with the same bits, so that its output is
  /// not kept.
  @Test(arguments: cases) func theGradientOfReLUReadsPooledElements(example: Case) throws {
    let graph = Graph()
    let images = graph.input("images", TensorType(example.shape, .float32))
    let cotangent = graph.input("cotangent", TensorType(example.output, .float32))
    let result = images.relu().maxPool2D(
      kernel: example.kernel, stride: example.stride, padding: example.padding,
      ceilMode: example.ceilMode)
    let gradient = graph.gradients(
      of: result, withRespectTo: [images], cotangent: cotangent)[0]
    func run(_ options: Plan.Options) throws -> (gradient: HostTensor, plan: Plan) {
      let plan = try Plan(graph, fetches: [("gradient", gradient)], options: options)
      let session = Session(plan, variables: VariableStore())
      var numbers = HostTensor.random(example.shape, dtype: .float32).scalars(as: Float.self)
      numbers[numbers.count / 2] = .nan
      session.write("images", HostTensor(numbers, shape: example.shape))
      session.write("cotangent", HostTensor.random(example.output, dtype: .float32, seed: 2))
      session.run()
      return (session.read("gradient"), plan)
    }
    let (found, plan) = try run(.default)
    let (expected, plain) = try run(Plan.Options(simplifies: false))
    expectIdentical(found, expected)
    let isLarge = example.shape.elementCount > 1000
    #expect(!isLarge || plan.arenaByteCount < plain.arenaByteCount)
  }

  @Test(arguments: cases, [nil, 3] as [Int?])
  func meansAndTheirGradientsEqualLoops(example: Case, divisor: Int?) throws {
    let images = HostTensor.random(example.shape, seed: 3)
    let cotangent = HostTensor.random(example.output, seed: 4)
    let numbers = images.doubles
    for countsPadding in [true, false] {
      var expected: [Double] = []
      var gradient = [Double](repeating: 0, count: numbers.count)
      for (window, g) in zip(example.windows(), cotangent.doubles) {
        let inside = window.cells.filter(example.isInside).map { example.index(window.plane, $0) }
        let counted =
          divisor ?? (countsPadding ? window.cells.filter(example.isPadded).count : inside.count)
        expected.append(inside.reduce(0) { $0 + numbers[$1] } / Double(counted))
        for index in inside { gradient[index] += g / Double(counted) }
      }
      let found = try evaluate([images, cotangent]) { values in
        let result = values[0].avgPool2D(
          kernel: example.kernel, stride: example.stride, padding: example.padding,
          ceilMode: example.ceilMode, countIncludePad: countsPadding, divisorOverride: divisor)
        return [result]
          + values[0].graph.gradients(of: result, withRespectTo: [values[0]], cotangent: values[1])
      }
      expectClose(found[0], HostTensor(expected, shape: example.output))
      expectClose(found[1], HostTensor(gradient, shape: example.shape))
    }
  }

  @Test(arguments: [(5, 2), (4, 4), (7, 3), (2, 5), (6, 1)])
  func adaptiveMeansCoverTheWholeImage(size: Int, bins: Int) throws {
    let images = HostTensor.random([2, 1, size, 3], seed: 5)
    let numbers = images.doubles
    var expected: [Double] = []
    for plane in 0..<2 {
      for bin in 0..<bins {
        let rows = bin * size / bins..<((bin + 1) * size + bins - 1) / bins
        let all = rows.flatMap { row in (0..<3).map { numbers[(plane * size + row) * 3 + $0] } }
        expected.append(all.reduce(0, +) / Double(all.count))
      }
    }
    let found = try evaluate([images]) {
      [$0[0].adaptiveAvgPool2D(Size2D(height: bins, width: 1))]
    }
    expectClose(found[0], HostTensor(expected, shape: [2, 1, bins, 1]))
  }

  @Test func errorsSuggestAFix() {
    let images = [TensorType([1, 1, 4, 4], .float32)]
    #expect(diagnosticText(images) { $0[0].maxPool2D(kernel: 5) }.contains("5×5 is larger"))
    #expect(
      diagnosticText(images) { $0[0].avgPool2D(kernel: 2, padding: 2) }.contains("more than half"))
    #expect(
      diagnosticText(images) { $0[0].avgPool2D(kernel: 2, divisorOverride: 0) }.contains(
        "divisor of 0"))
    #expect(
      diagnosticText([TensorType([1, 1, 2, 2], .float32)]) {
        $0[0].maxPool2D(kernel: 2, stride: 1, padding: 1, dilation: 3)
      }.contains("nothing but padding"))
    #expect(
      diagnosticText([TensorType([4, 4], .float32)]) { $0[0].maxPool2D(kernel: 2) }
        .contains("[N, C, H, W], gets [4, 4]"))
  }
}
