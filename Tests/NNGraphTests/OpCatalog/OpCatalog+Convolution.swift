import NNCore
import NNGraph

extension OpCatalog {
  // MARK: - Convolutions

  static func convolutions(_ dtype: DType) -> [OpRow] {
    func geometry(
      _ stride: Size2D = 1, _ padding: Padding2D = 0, _ dilation: Size2D = 1, _ groups: Int = 1
    ) -> ConvolutionGeometry {
      ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
    func output(_ images: Shape, _ weight: Shape, _ geometry: ConvolutionGeometry) -> OpSample {
      convolution(dtype, images, weight, geometry)
    }
    func input(
      _ cotangent: Shape, _ weight: Shape, _ geometry: ConvolutionGeometry, _ size: Size2D
    ) -> OpSample { inputGradient(dtype, cotangent, weight, geometry, size) }
    func weight(
      _ images: Shape, _ cotangent: Shape, _ geometry: ConvolutionGeometry, _ kernel: Size2D
    ) -> OpSample { weightGradient(dtype, images, cotangent, geometry, kernel) }
    func types(_ a: Shape, _ b: Shape) -> [TensorType] {
      [TensorType(a, dtype), TensorType(b, dtype)]
    }
    let plain = geometry()
    let padded = geometry(1, 1)
    let strided = geometry(2, 1)
    let uneven = geometry(
      Size2D(height: 2, width: 1), Padding2D(top: 1, left: 0, bottom: 2, right: 1),
      Size2D(height: 1, width: 2))
    let grouped = geometry(1, 1, 1, 2)
    return [
      OpRow(
        "Conv2D",
        [
          output([2, 1, 5, 4], [3, 1, 3, 3], plain), output([1, 2, 6, 5], [2, 2, 3, 3], strided),
          output([1, 2, 5, 6], [1, 2, 2, 3], uneven), output([2, 4, 3, 3], [2, 2, 3, 3], grouped),
          output([2, 3, 4, 3], [2, 3, 1, 1], plain), output([0, 1, 4, 4], [1, 1, 2, 2], plain),
          // Several blocks of rows; several chunks of images.
          output([1, 40, 40, 41], [8, 40, 3, 3], padded),
          output([19, 4, 16, 16], [9, 4, 3, 3], padded),
          // By Winograd's algorithm.
          output([5, 30, 9, 17], [41, 30, 3, 3], padded),
          output([1, 64, 8, 8], [64, 64, 3, 3], padded),
        ],
        refuses: [
          types([1, 2, 5, 5], [1, 3, 3, 3]), types([1, 1, 2, 2], [1, 1, 3, 3]),
          types([1, 5, 5], [1, 1, 3, 3]), types([1, 1, 5, 5], [1, 3, 3]),
        ]),
      OpRow(
        "Conv2DInputGradient",
        [
          input([2, 2, 3, 3], [2, 3, 3, 3], strided, 5),
          input([1, 4, 3, 4], [4, 1, 3, 3], grouped, Size2D(height: 3, width: 4)),
          input([2, 2, 3, 3], [2, 3, 1, 1], plain, 3),
          input([3, 40, 40, 40], [40, 8, 3, 3], padded, 40),
        ], refuses: [types([1, 1, 3, 3], [1, 1, 3, 3]), types([3], [1, 1, 3, 3])],
        by: input([1, 1, 2, 2], [1, 1, 3, 3], plain, 4)),
      OpRow(
        "Conv2DWeightGradient",
        [
          weight([2, 3, 5, 5], [2, 2, 3, 3], strided, 3),
          weight([1, 4, 3, 4], [1, 2, 3, 4], grouped, 3),
          weight([2, 3, 3, 3], [2, 2, 3, 3], plain, 1),
          weight([0, 1, 3, 3], [0, 2, 2, 2], plain, 2),
          weight([19, 8, 16, 16], [19, 9, 16, 16], padded, 3),
        ], refuses: [types([1, 1, 5, 5], [1, 1, 5, 5]), types([3], [1, 1, 3, 3])],
        by: weight([1, 1, 5, 5], [1, 1, 3, 3], plain, 3)),
    ]
  }

  static func winograd(_ dtype: DType) -> [OpRow] {
    let weights = [(false, 1, 20), (true, 1, 17), (true, 2, 64)]
    let images = OpSample.Input([2, 17, 9, 10], dtype)
    return [
      OpRow(
        "WinogradWeights",
        weights.map { isAdjoint, parts, channels in
          OpSample([.init([21, channels, 3, 3], dtype)]) {
            $0[0].winogradWeights(isAdjoint: isAdjoint, parts: parts)
          }
        }, refuses: []
      ).withoutGradient,
      OpRow(
        "WinogradConv2D",
        [
          OpSample([images, .init([36 * (17 * 32 + 16)], dtype)]) {
            $0[0].winogradConv2D(
              $0[1], outputs: 20, outputSize: Size2D(height: 9, width: 10), before: 1)
          }
        ], refuses: []
      ).withoutGradient,
      OpRow(
        "WinogradWeightGradient",
        [
          OpSample([images, .init([2, 20, 7, 8], dtype)]) {
            $0[0].winogradWeightGradient($0[1], before: 0)
          }
        ], refuses: []
      ).withoutGradient,
    ]
  }

  /// A convolution and both of its gradients, without Winograd's algorithm.
  ///
  /// - Parameters:
  ///   - images: [N, C, H, W].
  ///   - weight: [O, C/groups, kH, kW].
  ///   - output: The shape of the convolution's result.
  /// - Returns: Output from (images, weight), ∂images from (∂output, weight), ∂weight from
  ///   (images, ∂output).
  static func convolutions(
    _ dtype: DType, images: Shape, weight: Shape, output: Shape, stride: Size2D,
    padding: Padding2D, dilation: Size2D, groups: Int
  ) -> [OpSample] {
    let geometry = ConvolutionGeometry(
      stride: stride, padding: padding, dilation: dilation, groups: groups)
    let (inputSize, kernel) = (
      Size2D(height: images[2], width: images[3]), Size2D(height: weight[2], width: weight[3])
    )
    return [
      convolution(dtype, images, weight, geometry),
      inputGradient(dtype, output, weight, geometry, inputSize),
      weightGradient(dtype, images, output, geometry, kernel),
    ]
  }

  private static func convolution(
    _ dtype: DType, _ images: Shape, _ weight: Shape, _ geometry: ConvolutionGeometry
  ) -> OpSample {
    OpSample([.init(images, dtype), .init(weight, dtype)]) {
      $0[0].conv2D(
        $0[1], stride: geometry.stride, padding: geometry.padding, dilation: geometry.dilation,
        groups: geometry.groups)
    }
  }

  private static func inputGradient(
    _ dtype: DType, _ cotangent: Shape, _ weight: Shape, _ geometry: ConvolutionGeometry,
    _ inputSize: Size2D
  ) -> OpSample {
    OpSample([.init(cotangent, dtype), .init(weight, dtype)]) {
      geometry.inputGradient($0[0], $0[1], inputSize: inputSize)
    }
  }

  private static func weightGradient(
    _ dtype: DType, _ images: Shape, _ cotangent: Shape, _ geometry: ConvolutionGeometry,
    _ kernel: Size2D
  ) -> OpSample {
    OpSample([.init(images, dtype), .init(cotangent, dtype)]) {
      geometry.weightGradient($0[0], $0[1], kernel: kernel)
    }
  }
}
