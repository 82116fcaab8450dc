import NNCore
import NNKernels

/// The largest element at each position of a window; outputs the values and their int32 indices
/// within the plane.
struct MaxPool2D: KernelOp {
  static let name = "maxPool2D"
  let window: Window
  let ceiling: Bool

  var attributes: Attributes { window.attributes + ["ceilMode": .bool(ceiling)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let planes = try Planes("maxPool2D", inputs[0])
    try window.check("maxPool2D", over: planes.imageSize, ceiling: ceiling)
    try window.checkHalfPadding("maxPool2D")
    let outputSize = window.outputSize(over: planes.imageSize, ceiling: ceiling)
    guard window.alwaysCovers(planes.imageSize, outputSize) else {
      throw OpError(
        "maxPool2D: a kernel of \(window.kernel) with dilation \(window.dilation) sees "
          + "nothing but padding at some position of an image of \(planes.imageSize)",
        hint: "use less padding or a smaller dilation")
    }
    let output = Planes.resized(inputs[0], to: outputSize)
    return [output, TensorType(output.shape, .int32)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      context.cotangent.maxPool2DGradient(
        context.outputs[1], inputSize: context.inputs[0].spatialSize)
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, values) = (context.inputs[0], context.outputs[0])
    let indices = context.isRead(1) ? context.outputs[1].pointer(as: Int32.self) : nil
    let loops = context.loops
    let slide = window.loops(over: source.type, into: values.type)
    return Planes(of: source.type).kernel { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.max_pool(
          values.address, indices, source.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}

extension Value {
  /// Max pooling: the largest element at each position of a window over images [N, C, H, W].
  ///
  /// On ties, the gradient goes to the first element. NaN counts as the largest. Padding is −∞.
  ///
  /// - Parameters:
  ///   - kernel: The window's size.
  ///   - stride: The window's stride, its size by default.
  ///   - padding: At most half the kernel.
  ///   - dilation: The distance between the window's elements.
  ///   - ceilMode: Whether the last window may extend past the end.
  public func maxPool2D(
    kernel: Size2D, stride: Size2D? = nil, padding: Padding2D = 0, dilation: Size2D = 1,
    ceilMode: Bool = false
  ) -> Value {
    MaxPool2D(
      window: Window(
        kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation),
      ceiling: ceilMode
    ).apply(self)
  }
}
