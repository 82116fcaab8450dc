import NNCore
import NNKernels

/// Cross-correlation of pictures [N, C, H, W] with a weight [O, C/groups, kH, kW].
struct Conv2D: Op {
  static let name = "conv2D"
  let geometry: ConvolutionGeometry

  var attributes: String { geometry.description }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    [try geometry.output(inputs[0], inputs[1])]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    outputs[0].shape.elementCount.multipliedSaturating(
      by: inputs[1].shape.dimensions.dropFirst().saturatingProduct)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (pictures, weight) = (context.inputs[0], context.inputs[1])
    return [
      geometry.pictureGradient(context.cotangent, weight, like: pictures),
      geometry.weightGradient(pictures, context.cotangent, like: weight),
    ]
  }

  func lowered(_ inputs: [Value], lasting: [Bool]) -> Value? {
    geometry.winograd(inputs[0], inputs[1])
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    product(inputs[0], inputs[1], outputs[0]).scratchByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (pictures, weight, output) = (context.inputs[0], context.inputs[1], context.outputs[0])
    return product(pictures.type, weight.type, output.type).kernel(
      of: pictures.address, with: weight.address, into: output.address, scratch: context.scratch,
      context)
  }

  private func product(
    _ pictures: TensorType, _ weight: TensorType, _ output: TensorType
  ) -> SlidingProduct {
    let kernel = Size2D(height: weight.shape[2], width: weight.shape[3])
    let places = Size2D(height: output.shape[2], width: output.shape[3])
    return SlidingProduct(
      pictures.dtype, images: pictures.shape[0], groups: geometry.groups,
      channels: output.shape[1], result: places,
      passes: [.init(first: 0, taps: geometry.taps(kernel), weightOffset: 0)],
      multiplyAdds: multiplyAdds(inputs: [pictures, weight], outputs: [output]),
      layout: geometry.frame(of: pictures.shape, kernel, places))
  }
}

extension ConvolutionGeometry {
  /// Where the kernel's cells lie in the padded picture, for the first place.
  func taps(_ kernel: Size2D) -> [Size2D] {
    (0..<kernel.height).flatMap { row in
      (0..<kernel.width).map { column in
        Size2D(height: row * dilation.height, width: column * dilation.width)
      }
    }
  }

  /// Pictures [N, C, H, W] as this convolution reads them.
  func frame(of pictures: Shape, _ kernel: Size2D, _ places: Size2D) -> FrameLayout {
    let span = window(kernel).span
    let beyond = Size2D(
      height: (span.height - 1) / stride.height, width: (span.width - 1) / stride.width)
    return FrameLayout(
      channels: pictures[1], picture: Size2D(height: pictures[2], width: pictures[3]),
      stride: stride, span: span, top: padding.top, left: padding.left,
      size: Size2D(
        height: places.height + beyond.height, width: places.width + beyond.width),
      overhang: beyond.height)
  }

  /// ∂loss/∂pictures from ∂loss/∂output.
  func pictureGradient(_ cotangent: Value, _ weight: Value, like pictures: Value) -> Value {
    Conv2DInputGradient(
      geometry: self, picture: Size2D(height: pictures.shape[2], width: pictures.shape[3])
    ).apply(cotangent, weight)
  }

  /// ∂loss/∂weight from ∂loss/∂output.
  func weightGradient(_ pictures: Value, _ cotangent: Value, like weight: Value) -> Value {
    Conv2DWeightGradient(
      geometry: self, kernel: Size2D(height: weight.shape[2], width: weight.shape[3])
    ).apply(pictures, cotangent)
  }
}

extension Value {
  /// Convolution as neural networks mean it: cross-correlation, the kernel is not flipped.
  ///
  /// output[n, o, y, x] = Σ weight[o, c, i, j] · input[n, c, y·stride + i·dilation − top, …] over
  /// the channels c of o's group and the kernel's cells; outside the picture is 0.
  ///
  /// Where it pays, a 3 × 3 kernel with stride 1 goes through Winograd's F(4×4, 3×3), whose rounding
  /// docs/numerics.md describes.
  ///
  /// - Parameters:
  ///   - weight: [O, C/groups, kH, kW]; this value is [N, C, H, W].
  ///   - stride: Steps of the window.
  ///   - padding: Zeros around the picture.
  ///   - dilation: Distance between the kernel's cells.
  ///   - groups: Parts that the channels fall into; each output channel sees one.
  /// - Returns: [N, O, oH, oW] with oH = ⌊(H + top + bottom − dilation·(kH − 1) − 1) / stride⌋ + 1.
  public func conv2D(
    _ weight: Value, stride: Size2D = 1, padding: Padding2D = 0, dilation: Size2D = 1,
    groups: Int = 1
  ) -> Value {
    Conv2D(
      geometry: ConvolutionGeometry(
        stride: stride, padding: padding, dilation: dilation, groups: groups)
    ).apply(self, weight)
  }
}
