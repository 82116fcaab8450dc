import NNCore
import NNKernels

/// Cross-correlation of images [N, C, H, W] with a weight [O, C/groups, kH, kW].
struct Conv2D: KernelOp {
  static let name = "conv2D"
  let geometry: ConvolutionGeometry

  var attributes: Attributes { geometry.attributes }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    [try geometry.output(inputs[0], inputs[1])]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    outputs[0].shape.elementCount.multipliedSaturating(
      by: inputs[1].shape.dimensions.dropFirst().saturatingProduct)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (input, weight) = (context.inputs[0], context.inputs[1])
    return [
      geometry.inputGradient(context.cotangent, weight, inputSize: input.spatialSize),
      geometry.weightGradient(input, context.cotangent, kernel: weight.spatialSize),
    ]
  }

  /// The same by Winograd's algorithm; nil where that is not faster.
  func winograd(_ inputs: [Value]) -> Value? {
    geometry.winograd(inputs[0], inputs[1])
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    product(inputs[0], inputs[1], outputs[0]).scratchByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (input, weight, output) = (context.inputs[0], context.inputs[1], context.outputs[0])
    return product(input.type, weight.type, output.type).kernel(
      of: input.address, with: weight.address, into: output.address, scratch: context.scratch,
      context)
  }

  private func product(
    _ input: TensorType, _ weight: TensorType, _ output: TensorType
  ) -> DirectConvolution {
    let kernel = Size2D(height: weight.shape[2], width: weight.shape[3])
    let outputSize = Size2D(height: output.shape[2], width: output.shape[3])
    return DirectConvolution(
      input.dtype, images: input.shape[0], groups: geometry.groups,
      channels: output.shape[1], result: outputSize,
      passes: [.init(first: 0, kernelOffsets: geometry.kernelOffsets(kernel), weightOffset: 0)],
      multiplyAdds: multiplyAdds(inputs: [input, weight], outputs: [output]),
      layout: geometry.paddedInputLayout(of: input.shape, kernel, outputSize))
  }
}

extension ConvolutionGeometry {
  /// The positions of the kernel's elements in the padded input, for the first output position.
  func kernelOffsets(_ kernel: Size2D) -> [Size2D] {
    (0..<kernel.height).flatMap { row in
      (0..<kernel.width).map { column in
        Size2D(height: row * dilation.height, width: column * dilation.width)
      }
    }
  }

  /// The layout of the padded input for images [N, C, H, W].
  func paddedInputLayout(of input: Shape, _ kernel: Size2D, _ outputSize: Size2D)
    -> PaddedInputLayout
  {
    let span = window(kernel).span
    let beyond = Size2D(
      height: (span.height - 1) / stride.height, width: (span.width - 1) / stride.width)
    return PaddedInputLayout(
      channels: input[1], imageSize: Size2D(height: input[2], width: input[3]),
      stride: stride, span: span, top: padding.top, left: padding.left,
      size: Size2D(
        height: outputSize.height + beyond.height, width: outputSize.width + beyond.width),
      overhang: beyond.height)
  }
}

extension Value {
  /// 2-D convolution as in neural networks: cross-correlation, the kernel is not flipped.
  ///
  /// output[n, o, y, x] = Σ weight[o, c, i, j] · input[n, c, y·stride + i·dilation − top, …] over
  /// the channels c of o's group and the kernel's elements (i, j); the input is 0 outside the
  /// image.
  ///
  /// Where it is faster, a 3 × 3 kernel with stride 1 uses Winograd's F(4×4, 3×3); docs/numerics.md
  /// describes its rounding.
  ///
  /// - Parameters:
  ///   - weight: [O, C/groups, kH, kW]; this value is [N, C, H, W].
  ///   - stride: The stride of the window.
  ///   - padding: Zeros around the image.
  ///   - dilation: The distance between the kernel's elements.
  ///   - groups: The number of groups of channels; each output channel reads one group of input
  ///     channels.
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
