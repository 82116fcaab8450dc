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
    outputs[0].shape.elementCount * inputs[1].shape.dimensions.dropFirst().reduce(1, *)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (pictures, weight) = (context.inputs[0], context.inputs[1])
    return [
      geometry.pictureGradient(context.cotangent, weight, like: pictures),
      geometry.weightGradient(pictures, context.cotangent, like: weight),
    ]
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    work(inputs[0], inputs[1]).patchByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    work(context.inputs[0].type, context.inputs[1].type).products(
      of: context.inputs[0].address, with: context.inputs[1].address,
      into: context.outputs[0].address, scratch: context.scratch, context)
  }

  private func work(_ pictures: TensorType, _ weight: TensorType) -> ConvolutionWork {
    ConvolutionWork(
      geometry, pictures: pictures.shape, weight: weight.shape, dtype: pictures.dtype)
  }
}

extension ConvolutionGeometry {
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
