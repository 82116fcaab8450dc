import NNCore

/// The attributes of a convolution and the shapes that follow from them.
package struct ConvolutionGeometry: Hashable, Sendable {
  package let stride: Size2D
  package let padding: Padding2D
  package let dilation: Size2D
  package let groups: Int

  /// Creates a geometry from its attributes.
  package init(stride: Size2D, padding: Padding2D, dilation: Size2D, groups: Int) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  var attributes: Attributes {
    [
      "stride": .ints(stride.extents), "padding": .ints(padding.extents),
      "dilation": .ints(dilation.extents), "groups": .int(groups),
    ]
  }

  /// The window for a kernel of this size.
  func window(_ kernel: Size2D) -> Window {
    Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation)
  }

  /// The output's type for images [N, C, H, W] and a weight [O, C/groups, kH, kW].
  func output(_ input: TensorType, _ weight: TensorType) throws(OpError) -> TensorType {
    guard input.dtype.isFloatingPoint, input.dtype == weight.dtype else {
      throw OpError(
        "conv2D takes images and a weight of float32 or of float64, gets \(input.dtype) and "
          + "\(weight.dtype)")
    }
    guard input.shape.rank == 4 else {
      throw OpError(
        "conv2D takes images [N, C, H, W], gets \(input.shape)",
        hint: "reshape to four axes; a single image is a batch of 1")
    }
    guard weight.shape.rank == 4 else {
      throw OpError("conv2D takes a weight [O, C/groups, kH, kW], gets \(weight.shape)")
    }
    let channels = input.shape[1]
    guard groups > 0, channels % groups == 0, weight.shape[0] % groups == 0 else {
      throw OpError(
        "conv2D: \(groups) groups do not divide \(channels) input and \(weight.shape[0]) output "
          + "channels",
        hint: "both numbers of channels must be multiples of the groups")
    }
    guard weight.shape[1] * groups == channels else {
      throw OpError(
        "conv2D with weight \(weight.shape) and groups=\(groups) takes "
          + "\(weight.shape[1] * groups) channels, gets \(channels) from \(input.shape)",
        hint: "a weight [\(weight.shape[0]), \(channels / groups), \(weight.shape[2]), "
          + "\(weight.shape[3])] is expected")
    }
    let imageSize = Size2D(height: input.shape[2], width: input.shape[3])
    let window = window(Size2D(height: weight.shape[2], width: weight.shape[3]))
    try window.check("conv2D", over: imageSize)
    guard window.kernel.height.multipliedSaturating(by: window.kernel.width) <= Self.largestKernel
    else {
      throw OpError(
        "conv2D: a kernel of \(window.kernel) has more than \(Self.largestKernel) positions")
    }
    let padded = TensorType(
      [
        channels, imageSize.height + padding.top + padding.bottom,
        imageSize.width + padding.left + padding.right,
      ], input.dtype)
    guard !MemoryLimit.isExceeded(by: padded.byteCount) else {
      throw OpError("conv2D: an image padded to \(padded) \(MemoryLimit.excess(padded.byteCount))")
    }
    let outputSize = window.outputSize(over: imageSize)
    return TensorType(
      [input.shape[0], weight.shape[0], outputSize.height, outputSize.width], input.dtype)
  }

  /// The maximum number of kernel elements, since each has an entry in a table.
  private static let largestKernel = 1 << 20

  /// Throws unless `output` is the type of the output of this convolution.
  func check(
    output: TensorType, of input: TensorType, _ weight: TensorType
  ) throws(OpError) {
    let expected = try self.output(input, weight)
    guard output == expected else {
      throw OpError("conv2D: a cotangent of \(expected) is expected, got \(output)")
    }
  }
}
