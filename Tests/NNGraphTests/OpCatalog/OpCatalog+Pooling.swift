import NNCore
import NNGraph

extension OpCatalog {
  // MARK: - Pooling

  static func pooling(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func indices(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    func maximum(
      _ images: Shape, _ kernel: Size2D, stride: Size2D, padding: Padding2D = 0,
      dilation: Size2D = 1, ceiling: Bool = false
    ) -> OpSample {
      OpSample([one(images)]) {
        $0[0].maxPool2D(
          kernel: kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceiling)
      }
    }
    func average(
      _ images: Shape, _ window: Window, ceiling: Bool = false, divisor: AverageDivisor = .padded
    ) -> OpSample {
      OpSample([one(images)]) { $0[0].avgPool2D(window, ceiling: ceiling, divisor: divisor) }
    }
    func averageGradient(
      _ cotangent: Shape, _ window: Window, ceiling: Bool = false, inputSize: Size2D
    ) -> OpSample {
      OpSample([one(cotangent)]) {
        $0[0].avgPool2DGradient(window, ceiling: ceiling, divisor: .padded, inputSize: inputSize)
      }
    }
    func adaptive(_ images: Shape, _ size: Size2D) -> OpSample {
      OpSample([one(images)]) { $0[0].adaptiveAvgPool2D(size) }
    }
    let plain = Window(kernel: 2, stride: 2, padding: 0, dilation: 1)
    let padded = Window(kernel: 3, stride: 2, padding: 1, dilation: 1)
    let flat = [TensorType([3, 3], dtype)]
    let integers = [TensorType([1, 1, 4, 4], .int32)]
    return [
      OpRow(
        "MaxPool2D",
        [
          maximum([2, 2, 5, 4], 2, stride: 2),
          maximum([1, 2, 6, 5], 3, stride: 2, padding: 1, ceiling: true),
          maximum([1, 1, 5, 5], 2, stride: 1, dilation: 2), maximum([0, 2, 4, 4], 2, stride: 2),
          maximum([40, 3, 28, 28], 2, stride: 2),
        ], refuses: [flat, integers, [TensorType([1, 1, 1, 4], dtype)]]),
      OpRow(
        "MaxPool2DGradient",
        [
          OpSample([one([2, 1, 2, 2]), indices([2, 1, 2, 2], below: 16)]) {
            $0[0].maxPool2DGradient($0[1], inputSize: 4)
          }
        ], refuses: [[TensorType([1, 1, 2, 2], dtype), TensorType([1, 1, 2, 3], .int32)]]),
      OpRow(
        "MaxPool2DGather",
        [
          OpSample([one([2, 1, 4, 4]), indices([2, 1, 2, 2], below: 16)]) {
            $0[0].maxPool2DGather($0[1])
          }
        ], refuses: [[TensorType([1, 1, 2, 2], dtype), TensorType([2, 1, 2, 2], .int32)]]),
      OpRow(
        "AvgPool2D",
        [
          average([2, 2, 5, 4], plain), average([1, 2, 6, 5], padded, ceiling: true),
          average([1, 2, 6, 5], padded, ceiling: true, divisor: .inside),
          average([1, 2, 6, 5], padded, ceiling: true, divisor: .kernel),
          average([40, 3, 28, 28], plain),
        ], refuses: [flat, integers, [TensorType([1, 1, 1, 4], dtype)]]),
      OpRow(
        "AvgPool2DGradient",
        [
          averageGradient([1, 2, 2, 2], plain, inputSize: 5),
          averageGradient([1, 1, 4, 4], padded, ceiling: true, inputSize: 6),
        ], refuses: [flat, [TensorType([1, 1, 3, 2], dtype)]]),
      OpRow(
        "AdaptiveAvgPool2D",
        [
          adaptive([2, 2, 5, 3], 2), adaptive([2, 2, 4, 4], 1),
          adaptive([1, 1, 2, 7], Size2D(height: 3, width: 5)),
        ], refuses: [flat, integers, [TensorType([1, 1, 0, 4], dtype)]]),
      OpRow(
        "AdaptiveAvgPool2DGradient",
        [OpSample([one([1, 2, 2, 3])]) { $0[0].adaptiveAvgPool2DGradient(inputSize: 5) }],
        refuses: [flat]),
    ]
  }
}
