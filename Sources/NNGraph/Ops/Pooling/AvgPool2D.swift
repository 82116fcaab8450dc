import NNCore
import NNKernels

/// What the sum under a window is divided by.
enum AverageDivisor: Hashable {
  /// The cells inside the picture.
  case inside
  /// The cells inside the picture and its padding.
  case padded
  /// All cells of the kernel, also those that hang over the end.
  case kernel
}

/// The mean under each place of a window.
struct AvgPool2D: Op {
  static let name = "avgPool2D"
  let window: Window
  let ceiling: Bool
  let divisor: AverageDivisor

  var attributes: String {
    "kernel=\(window.kernel), stride=\(window.stride), padding=\(window.padding)"
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let planes = try Planes("avgPool2D", inputs[0])
    try window.check("avgPool2D", over: planes.picture, ceiling: ceiling)
    try window.checkHalfPadding("avgPool2D")
    let places = window.places(over: planes.picture, ceiling: ceiling)
    return [Planes.resized(inputs[0], to: places)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let shape = context.inputs[0].shape
    return [
      AvgPool2DGradient(pooling: self, picture: Size2D(height: shape[2], width: shape[3]))
        .apply(context.cotangent)
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let loops = context.loops
    let slide = slide(source.type, target.type)
    let countsPadding = divisor != .inside
    return Planes(of: source.type).kernel { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.avg_pool(
          target.address, source.address, planes.lowerBound, planes.upperBound, $0, countsPadding)
      }
    }
  }

  /// The window over pictures; padding that holds all of a last window makes all its cells count.
  func slide(_ pictures: TensorType, _ output: TensorType) -> nn_window {
    var slide = window.loops(over: pictures, into: output)
    if divisor == .kernel {
      slide.pad_bottom += slide.kernel_height + slide.stride_y
      slide.pad_right += slide.kernel_width + slide.stride_x
    }
    return slide
  }
}

extension Value {
  /// The mean under each place of a window.
  ///
  /// - Parameters:
  ///   - kernel: The window's size; this value is [N, C, H, W].
  ///   - stride: Steps of the window, its size by default.
  ///   - padding: Zeros around the picture, at most half the kernel.
  ///   - ceilMode: Whether a last window may hang over the end.
  ///   - countIncludePad: Whether padding counts as elements of the mean.
  ///   - divisorOverride: What to divide sums by instead of the number of elements.
  public func avgPool2D(
    kernel: Size2D, stride: Size2D? = nil, padding: Padding2D = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) -> Value {
    let window = Window(kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: 1)
    guard let divisorOverride else {
      return AvgPool2D(
        window: window, ceiling: ceilMode, divisor: countIncludePad ? .padded : .inside
      ).apply(self)
    }
    guard divisorOverride != 0 else {
      return graph.report("avgPool2D: a divisor of 0", hint: "leave divisorOverride out")
    }
    let mean = AvgPool2D(window: window, ceiling: ceilMode, divisor: .kernel).apply(self)
    return mean * (Double(kernel.area) / Double(divisorOverride))
  }
}
