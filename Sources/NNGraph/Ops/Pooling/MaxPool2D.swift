import NNCore
import NNKernels

/// The largest element under each place of a window; outputs the values and, as int32, where in
/// their plane they were.
struct MaxPool2D: Op {
  static let name = "maxPool2D"
  let window: Window
  let ceiling: Bool

  var attributes: String {
    "kernel=\(window.kernel), stride=\(window.stride), padding=\(window.padding)"
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let planes = try Planes("maxPool2D", inputs[0])
    try window.check("maxPool2D", over: planes.picture, ceiling: ceiling)
    try window.checkHalfPadding("maxPool2D")
    let places = window.places(over: planes.picture, ceiling: ceiling)
    guard window.alwaysSees(planes.picture, places) else {
      throw OpError(
        "maxPool2D: a kernel of \(window.kernel) with dilation \(window.dilation) sees nothing "
          + "but padding at some place of a picture of \(planes.picture)",
        hint: "use less padding or a smaller dilation")
    }
    let output = Planes.resized(inputs[0], to: places)
    return [output, TensorType(output.shape, .int32)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let shape = context.inputs[0].shape
    return [
      MaxPool2DGradient(picture: Size2D(height: shape[2], width: shape[3]))
        .apply(context.cotangent, context.outputs[1])
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, values) = (context.inputs[0], context.outputs[0])
    let places = context.isRead(1) ? context.outputs[1].pointer(as: Int32.self) : nil
    let loops = context.loops
    let slide = window.loops(over: source.type, into: values.type)
    return Planes(of: source.type).kernel { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.max_pool(
          values.address, places, source.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}

extension Value {
  /// The largest element under each place of a window.
  ///
  /// The gradient goes to the first of equals; NaN wins. Outside the picture is −∞.
  ///
  /// - Parameters:
  ///   - kernel: The window's size; this value is [N, C, H, W].
  ///   - stride: Steps of the window, its size by default.
  ///   - padding: At most half the kernel.
  ///   - dilation: Distance between the window's cells.
  ///   - ceilMode: Whether a last window may hang over the end.
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
