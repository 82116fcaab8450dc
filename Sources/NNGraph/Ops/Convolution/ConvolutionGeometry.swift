import NNCore

/// The attributes of a convolution and the shapes that follow from them.
struct ConvolutionGeometry: Hashable {
  let stride: Size2D
  let padding: Padding2D
  let dilation: Size2D
  let groups: Int

  var description: String {
    "stride=\(stride), padding=\(padding), dilation=\(dilation), groups=\(groups)"
  }

  /// The window for a kernel of this size.
  func window(_ kernel: Size2D) -> Window {
    Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation)
  }

  /// The output's type for pictures [N, C, H, W] and a weight [O, C/groups, kH, kW].
  func output(_ pictures: TensorType, _ weight: TensorType) throws(OpError) -> TensorType {
    guard pictures.dtype.isFloatingPoint, pictures.dtype == weight.dtype else {
      throw OpError(
        "conv2D takes pictures and weight of float32 or of float64, gets \(pictures.dtype) and "
          + "\(weight.dtype)")
    }
    guard pictures.shape.rank == 4 else {
      throw OpError(
        "conv2D takes pictures [N, C, H, W], gets \(pictures.shape)",
        hint: "reshape to four axes; a single picture is a batch of 1")
    }
    guard weight.shape.rank == 4 else {
      throw OpError("conv2D takes a weight [O, C/groups, kH, kW], gets \(weight.shape)")
    }
    let channels = pictures.shape[1]
    guard groups > 0, channels % groups == 0, weight.shape[0] % groups == 0 else {
      throw OpError(
        "conv2D: \(groups) groups do not divide \(channels) input and \(weight.shape[0]) output "
          + "channels",
        hint: "both numbers of channels must be multiples of the groups")
    }
    guard weight.shape[1] * groups == channels else {
      throw OpError(
        "conv2D with weight \(weight.shape) and groups=\(groups) takes "
          + "\(weight.shape[1] * groups) channels, gets \(channels) from \(pictures.shape)",
        hint: "a weight [\(weight.shape[0]), \(channels / groups), \(weight.shape[2]), "
          + "\(weight.shape[3])] would fit")
    }
    let picture = Size2D(height: pictures.shape[2], width: pictures.shape[3])
    let window = window(Size2D(height: weight.shape[2], width: weight.shape[3]))
    try window.check("conv2D", over: picture)
    guard window.kernel.height.multipliedSaturating(by: window.kernel.width) <= Self.largestKernel
    else {
      throw OpError(
        "conv2D: a kernel of \(window.kernel) has more than \(Self.largestKernel) positions")
    }
    let padded = TensorType(
      [
        channels, picture.height + padding.top + padding.bottom,
        picture.width + padding.left + padding.right,
      ], pictures.dtype)
    guard !MemoryLimit.isExceeded(by: padded.byteCount) else {
      throw OpError("conv2D: an image padded to \(padded) \(MemoryLimit.excess(padded.byteCount))")
    }
    let places = window.places(over: picture)
    return TensorType(
      [pictures.shape[0], weight.shape[0], places.height, places.width], pictures.dtype)
  }

  /// Kernels are listed position by position.
  private static let largestKernel = 1 << 20

  /// Throws unless `output` is what a convolution of these gives.
  func check(
    output: TensorType, of pictures: TensorType, _ weight: TensorType
  ) throws(OpError) {
    let expected = try self.output(pictures, weight)
    guard output == expected else {
      throw OpError("conv2D: a cotangent of \(expected) is expected, got \(output)")
    }
  }
}
