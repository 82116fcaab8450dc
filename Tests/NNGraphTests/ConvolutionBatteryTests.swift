import Foundation
import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Convolutions of every geometry, in guarded memory, against nested loops: output, input gradient
/// and weight gradient.
///
/// The numbers are small integers, whose sums are exact in both precisions: every element must
/// be equal.
@Suite struct ConvolutionBatteryTests {
  /// One axis of a geometry.
  struct Axis {
    var kernel: Int
    var stride: Int
    var before: Int
    var after: Int
    var dilation: Int
    var size: Int

    var span: Int { (kernel - 1) * dilation + 1 }
    var isValid: Bool { size + before + after >= span }
  }

  /// Every kernel of 1 to 5, stride of 1 to 3, padding of 0 to 6 on each side, and dilation of 1 to
  /// 3, over images of 1 to 17 elements.
  static var axes: [Axis] {
    var all: [Axis] = []
    for kernel in 1...5 {
      for stride in 1...3 {
        for before in 0...6 {
          for dilation in 1...3 {
            for size in [1, 2, 3, 5, 8, 13, 17] {
              for after in [before, 0, 6 - before, before + 1] {
                all.append(
                  Axis(
                    kernel: kernel, stride: stride, before: before, after: after,
                    dilation: dilation, size: size))
              }
            }
          }
        }
      }
    }
    return all.filter(\.isValid)
  }

  /// Images, input channels, output channels, groups.
  static let channels = [
    (1, 1, 1, 1), (2, 3, 4, 1), (1, 17, 2, 1), (3, 4, 6, 2), (1, 3, 3, 3), (5, 1, 17, 1),
    (1, 17, 17, 17), (2, 6, 3, 3),
  ]

  /// Cases number `first`, `first + step` … of all: the columns' axes in order, each with rows'
  /// axes and channels drawn at random.
  static func cases(from first: Int, by step: Int) -> [ConvolutionTests.Case] {
    let axes = axes
    let random = Philox(seed: 14)
    return stride(from: first, to: axes.count, by: step).map { index in
      let columns = axes[index]
      let rows = axes[random.integer(2 * index, below: axes.count)]
      let (images, inputs, outputs, groups) =
        channels[random.integer(2 * index + 1, below: channels.count)]
      return ConvolutionTests.Case(
        input: [images, inputs, rows.size, columns.size],
        weight: [outputs, inputs / groups, rows.kernel, columns.kernel],
        stride: Size2D(height: rows.stride, width: columns.stride),
        padding: Padding2D(
          top: rows.before, left: columns.before, bottom: rows.after, right: columns.after),
        dilation: Size2D(height: rows.dilation, width: columns.dilation), groups: groups)
    }
  }

  /// Padding as wide as the kernel and wider; also with several blocks of rows and many images.
  static let wide: [ConvolutionTests.Case] =
    (1...5).flatMap { kernel -> [ConvolutionTests.Case] in
      (0...6).flatMap { padding -> [ConvolutionTests.Case] in
        let sizes = [1, 4, 15].filter { $0 + 2 * padding >= kernel }
        return sizes.map { size -> ConvolutionTests.Case in
          .init(
            input: [2, 2, size, size], weight: [5, 2, kernel, kernel],
            padding: Padding2D(padding))
        }
      }
    }
    + [
      .init(input: [1, 16, 70, 33], weight: [24, 16, 1, 1], padding: 3),
      .init(input: [1, 8, 64, 40], weight: [18, 8, 2, 2], padding: 5),
      .init(input: [1, 16, 64, 40], weight: [40, 16, 2, 2], stride: 3, padding: 6),
      .init(input: [9, 8, 7, 9], weight: [12, 8, 2, 1], padding: 4, dilation: 2),
    ]

  /// Runs cases in this process.
  static func run(_ cases: [ConvolutionTests.Case]) throws {
    for (index, example) in cases.enumerated() {
      func tensor(_ shape: Shape, _ seed: UInt64) -> HostTensor {
        .random(shape, dtype: .int32, seed: 3 * UInt64(index) + seed, in: -3...3)
      }
      let (input, weight) = (tensor(example.input, 0), tensor(example.weight, 1))
      let cotangent = tensor(example.output, 2)
      let expected = example.results(input.doubles, weight.doubles, cotangent.doubles)
      for dtype in [DType.float32, .float64] {
        let (x, w, g) = (
          input.converted(to: dtype), weight.converted(to: dtype), cotangent.converted(to: dtype)
        )
        let samples = OpCatalog.convolutions(
          dtype, images: example.input, weight: example.weight, output: example.output,
          stride: example.stride, padding: example.padding, dilation: example.dilation,
          groups: example.groups)
        LastWords.note("\(example), \(dtype)", of: "convolutions")
        for (sample, (inputs, numbers)) in zip(
          samples,
          [
            ([x, w], expected.output), ([g, w], expected.inputGradient),
            ([x, g], expected.weightGradient),
          ])
        {
          let found = try isolated(sample, inputs)[0]
          expectClose(
            found, HostTensor(doubles: numbers, shape: found.shape, dtype: dtype), .exact,
            "\(sample)")
        }
      }
    }
  }

  @Test func everyGeometryEqualsLoops() async {
    let result = await #expect(processExitsWith: .success) {
      let isFull = ProcessInfo.processInfo.environment["NN_FULL_TESTS"] == "1"
      try ConvolutionBatteryTests.run(
        ConvolutionBatteryTests.wide
          + ConvolutionBatteryTests.cases(from: isFull ? 0 : 5, by: isFull ? 1 : 40))
    }
    let last = LastWords.take(of: "convolutions")
    #expect(result != nil, "the process died in \(last)")
  }

  @Test func theBatteryHasEveryGeometry() {
    let cases = Self.cases(from: 0, by: 1)
    #expect(cases.count > 7000)
    #expect(cases.allSatisfy { $0.output.dimensions.allSatisfy { $0 > 0 } })
    let wider = cases.filter {
      $0.padding.left >= $0.weight[3] && $0.padding.right >= $0.weight[3]
    }
    #expect(wider.count > 3000)
  }
}
