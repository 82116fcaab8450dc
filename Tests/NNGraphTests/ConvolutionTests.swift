import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Convolution against nested loops in Float64.
@Suite struct ConvolutionTests {
  static let cases = [
    Case(input: [1, 1, 1, 1], weight: [1, 1, 1, 1]),
    Case(input: [2, 3, 7, 5], weight: [4, 3, 3, 2]),
    Case(input: [2, 3, 7, 8], weight: [4, 3, 3, 3], stride: 2, padding: 1),
    Case(
      input: [1, 2, 9, 11], weight: [3, 2, 3, 3], stride: Size2D(height: 1, width: 3),
      padding: Padding2D(top: 0, left: 2, bottom: 1, right: 0),
      dilation: Size2D(height: 2, width: 1)),
    Case(input: [3, 6, 5, 5], weight: [4, 3, 3, 3], padding: 1, groups: 2),
    Case(input: [2, 4, 5, 6], weight: [4, 1, 3, 3], padding: 1, groups: 4),
    Case(input: [3, 8, 6, 7], weight: [5, 8, 1, 1]),
    Case(input: [2, 8, 6, 7], weight: [6, 4, 1, 1], stride: 2, groups: 2),
    Case(input: [2, 2, 3, 3], weight: [2, 2, 3, 3], padding: 4),
    // Several blocks of rows in one image; several chunks of images.
    Case(input: [1, 32, 40, 40], weight: [16, 32, 3, 3], padding: 1),
    Case(input: [11, 8, 20, 20], weight: [12, 8, 3, 3], padding: 1),
    // Several chunks of weights; more than one padded input summed at once.
    Case(input: [5, 32, 8, 9], weight: [66, 32, 3, 3], stride: Size2D(height: 1, width: 2)),
    Case(input: [1, 64, 48, 50], weight: [3, 64, 5, 5], stride: 3, padding: 2),
  ]

  /// Large enough for Winograd's algorithm, forward and backward: tiles that extend past both ends,
  /// channels that do not fill vectors, uneven padding, one image in blocks of rows, one split by
  /// channels, batches.
  static let winogradCases = [
    Case(input: [3, 32, 12, 11], weight: [48, 32, 3, 3], padding: 1),
    Case(input: [5, 30, 9, 17], weight: [41, 30, 3, 3], padding: 2),
    Case(
      input: [2, 32, 14, 15], weight: [32, 32, 3, 3],
      padding: Padding2D(top: 0, left: 2, bottom: 1, right: 0)),
    Case(input: [1, 32, 41, 38], weight: [40, 32, 3, 3]),
    Case(input: [1, 64, 8, 8], weight: [64, 64, 3, 3], padding: 1),
    Case(input: [1, 128, 4, 8], weight: [128, 128, 3, 3], padding: 1),
    Case(input: [33, 16, 16, 16], weight: [16, 16, 3, 3], padding: 1),
  ]

  @Test(arguments: winogradCases) func largeConvolutionsUseWinograd(
    example: Case
  ) throws {
    let graph = Graph()
    let input = graph.input("x", TensorType(example.input, .float32))
    let weight = graph.input("w", TensorType(example.weight, .float32))
    let result = input.conv2D(weight, padding: example.padding)
    let gradients = graph.gradients(of: result.sum(), withRespectTo: [input, weight])
    let fetches = [("y", result), ("dx", gradients[0]), ("dw", gradients[1])]
    let text = try Plan(graph, fetches: fetches).description
    #expect(text.contains("winogradConv2D(channels=\(example.weight[0]),"))
    #expect(text.contains("winogradConv2D(channels=\(example.weight[1]),"))
    #expect(text.contains("winogradWeightGradient"))
    #expect(try !Plan(graph, fetches: fetches, options: .plain).description.contains("winograd"))
  }

  @Test func smallAndUnsupportedConvolutionsDoNotUseWinograd() throws {
    for example in [
      Case(input: [4, 8, 16, 16], weight: [8, 8, 3, 3], padding: 1),
      Case(input: [4, 3, 32, 32], weight: [64, 3, 3, 3], padding: 1),
      Case(input: [4, 32, 16, 16], weight: [32, 32, 3, 3], stride: 2, padding: 1),
      Case(input: [4, 32, 16, 16], weight: [32, 16, 3, 3], padding: 1, groups: 2),
      Case(input: [4, 32, 16, 16], weight: [32, 32, 3, 3], dilation: 2),
      Case(input: [4, 32, 16, 16], weight: [32, 32, 3, 3], padding: 3),
      Case(input: [4, 32, 16, 16], weight: [32, 32, 3, 2]),
      Case(input: [0, 32, 16, 16], weight: [32, 32, 3, 3]),
    ] {
      let graph = Graph()
      let input = graph.input("x", TensorType(example.input, .float32))
      let weight = graph.input("w", TensorType(example.weight, .float32))
      let result = input.conv2D(
        weight, stride: example.stride, padding: example.padding, dilation: example.dilation,
        groups: example.groups)
      let plan = try Plan(graph, fetches: [("y", result)])
      #expect(!plan.description.contains("winograd"), "\(example)")
    }
  }

  /// Rounding errors against sums in Float64: the bound that docs/numerics.md states.
  @Test func winogradIsAlmostAsAccurate() throws {
    for channels in [16, 64, 256] {
      let input = HostTensor.random([2, channels, 16, 16], dtype: .float32, seed: 7)
      let weight = HostTensor.random([32, channels, 3, 3], dtype: .float32, seed: 8)
      func results(_ dtype: DType, padded: Bool) throws -> [Double] {
        try evaluate([input.converted(to: dtype), weight.converted(to: dtype)]) {
          // With more padding than Winograd supports, the plan uses direct sums.
          [$0[0].conv2D($0[1], padding: padded ? 3 : 1).center(padded)]
        }[0].doubles
      }
      let exact = try results(.float64, padded: true)
      func error(_ numbers: [Double]) -> Double {
        let squares = zip(numbers, exact).map { ($0 - $1) * ($0 - $1) }
        return (squares.reduce(0, +) / exact.map { $0 * $0 }.reduce(0, +)).squareRoot()
      }
      let plain = error(try results(.float32, padded: true))
      let fast = error(try results(.float32, padded: false))
      #expect(fast < 5 * plain && fast < 2e-6, "\(channels) channels: \(plain), \(fast)")
      print("\(channels) channels: \(plain), \(fast)")
    }
  }

  @Test(arguments: cases + winogradCases) func outputsAndGradientsEqualLoops(example: Case) throws {
    for dtype in [DType.float64, .float32] {
      let input = HostTensor.random(example.input, dtype: dtype, seed: 1)
      let weight = HostTensor.random(example.weight, dtype: dtype, seed: 2)
      let cotangent = HostTensor.random(example.output, dtype: dtype, seed: 3)
      let expected = example.results(input.doubles, weight.doubles, cotangent.doubles)
      let found = try evaluate([input, weight, cotangent]) { values in
        let result = values[0].conv2D(
          values[1], stride: example.stride, padding: example.padding, dilation: example.dilation,
          groups: example.groups)
        return [result]
          + values[0].graph.gradients(
            of: result, withRespectTo: [values[0], values[1]], cotangent: values[2])
      }
      for (tensor, (shape, numbers)) in zip(
        found,
        [
          (example.output, expected.output), (example.input, expected.inputGradient),
          (example.weight, expected.weightGradient),
        ])
      {
        expectClose(tensor, HostTensor(doubles: numbers, shape: shape, dtype: dtype))
      }
    }
  }

  @Test func epiloguesReachEveryElementOnce() throws {
    for example in Self.cases + Self.winogradCases where example.groups == 1 {
      let input = HostTensor.random(example.input, seed: 4)
      let weight = HostTensor.random(example.weight, seed: 5)
      let bias = HostTensor.random([example.weight[0]], seed: 6)
      let found = try evaluate([input, weight, bias]) { values in
        let result = values[0].conv2D(
          values[1], stride: example.stride, padding: example.padding, dilation: example.dilation)
        return [(result + values[2].reshaped(to: [example.weight[0], 1, 1])).relu()]
      }[0]
      var output = [Double](repeating: 0, count: example.output.elementCount)
      let (x, w, b) = (input.doubles, weight.doubles, bias.doubles)
      example.forEachProduct { output[$0] += x[$1] * w[$2] }
      let area = example.output[2] * example.output[3]
      let expected = output.enumerated().map {
        max(0, $0.element + b[$0.offset / area % example.weight[0]])
      }
      expectClose(found, HostTensor(expected, shape: example.output))
    }
  }

  /// The lecture's image and horizontal edge filter.
  @Test func edgeFilterReproducesTheLecturesNumbers() throws {
    let image = HostTensor(
      [1, 4, 3, 2, 1, 2, 8, 15, 21, 3, 0, 0, 100, 1, 50, 2, 23, 18, 29, 45] as [Double],
      shape: [1, 1, 5, 4])
    let filter = HostTensor([1, 1, 1, 0, 0, 0, -1, -1, -1] as [Double], shape: [1, 1, 3, 3])
    let found = try evaluate([image, filter]) { [$0[0].conv2D($0[1])] }[0]
    #expect(found.shape == [1, 1, 3, 2])
    #expect(found.doubles == [-16, 6, -140, -28, -46, -89])
  }

  @Test func errorsSuggestAFix() {
    func text(_ x: Shape, _ w: Shape, _ build: (Value, Value) -> Value) -> String {
      diagnosticText([TensorType(x, .float32), TensorType(w, .float32)]) { build($0[0], $0[1]) }
    }
    let channels = text([1, 3, 8, 8], [4, 2, 3, 3]) { $0.conv2D($1) }
    #expect(channels.contains("takes 2 channels, gets 3 from [1, 3, 8, 8]"))
    #expect(channels.contains("a weight [4, 3, 3, 3] is expected"))
    let large = text([1, 1, 4, 4], [1, 1, 5, 5]) { $0.conv2D($1) }
    #expect(large.contains("5×5 is larger than the padded image of 4×4"))
    let spread = text([1, 1, 4, 4], [1, 1, 3, 3]) { $0.conv2D($1, dilation: 2) }
    #expect(spread.contains("dilation 2×2 spreads over 5×5"))
    let groups = text([1, 4, 4, 4], [4, 1, 3, 3]) { $0.conv2D($1, groups: 3) }
    #expect(groups.contains("3 groups do not divide 4 input and 4 output channels"))
    let flat = text([4, 16], [4, 1, 3, 3]) { $0.conv2D($1) }
    #expect(flat.contains("[N, C, H, W], gets [4, 16]"))
    #expect(text([1, 1, 4, 4], [1, 1, 2, 2]) { $0.conv2D($1, stride: 0) }.contains("at least 1"))
    #expect(
      text([1, 1, 4, 4], [1, 1, 2, 2]) { $0.conv2D($1, padding: -1) }.contains("negative padding"))
  }
}

extension Value {
  /// Images cropped by two rows and columns on every side.
  fileprivate func center(_ applies: Bool) -> Value {
    guard applies else { return self }
    return narrowed(to: 2..<shape[2] - 2, axis: 2).narrowed(to: 2..<shape[3] - 2, axis: 3)
  }
}
