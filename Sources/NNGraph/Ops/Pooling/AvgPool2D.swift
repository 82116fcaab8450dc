import NNCore
import NNKernels

/// The divisor of the sum under a window.
package enum AverageDivisor: Hashable, Sendable {
  /// The number of elements inside the image.
  case inside
  /// The number of elements inside the image and its padding.
  case padded
  /// The number of elements of the kernel, including those past the end.
  case kernel
}

/// The mean at each position of a window.
struct AvgPool2D: KernelOp {
  static let name = "avgPool2D"
  let window: Window
  let ceiling: Bool
  let divisor: AverageDivisor

  var attributes: Attributes {
    window.attributes + ["ceilMode": .bool(ceiling), "divisor": .string("\(divisor)")]
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let planes = try Planes("avgPool2D", inputs[0])
    try window.check("avgPool2D", over: planes.imageSize, ceiling: ceiling)
    try window.checkHalfPadding("avgPool2D")
    let outputSize = window.outputSize(over: planes.imageSize, ceiling: ceiling)
    return [Planes.resized(inputs[0], to: outputSize)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      context.cotangent.avgPool2DGradient(
        window, ceiling: ceiling, divisor: divisor, inputSize: context.inputs[0].spatialSize)
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

  /// The window over images; for `.kernel`, with so much padding that all elements of the last
  /// window count.
  func slide(_ input: TensorType, _ output: TensorType) -> nn_window {
    var slide = window.loops(over: input, into: output)
    if divisor == .kernel {
      slide.pad_bottom += slide.kernel_height + slide.stride_y
      slide.pad_right += slide.kernel_width + slide.stride_x
    }
    return slide
  }
}

extension Value {
  /// Average pooling: the mean at each position of a window over images [N, C, H, W].
  ///
  /// - Parameters:
  ///   - kernel: The window's size.
  ///   - stride: The window's stride, its size by default.
  ///   - padding: Zeros around the image, at most half the kernel.
  ///   - ceilMode: Whether the last window may extend past the end.
  ///   - countIncludePad: Whether padding counts as elements of the mean.
  ///   - divisorOverride: The divisor of the sums, instead of the number of elements.
  public func avgPool2D(
    kernel: Size2D, stride: Size2D? = nil, padding: Padding2D = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) -> Value {
    let window = Window(kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: 1)
    guard let divisorOverride else {
      return avgPool2D(
        window, ceiling: ceilMode, divisor: countIncludePad ? .padded : .inside)
    }
    guard divisorOverride != 0 else {
      return graph.report("avgPool2D: a divisor of 0", hint: "leave divisorOverride out")
    }
    let mean = avgPool2D(window, ceiling: ceilMode, divisor: .kernel)
    return mean * (Double(kernel.area) / Double(divisorOverride))
  }

  /// The mean at each position of a window over images [N, C, H, W].
  ///
  /// - Parameter ceiling: Whether the last window may extend past the end.
  package func avgPool2D(_ window: Window, ceiling: Bool, divisor: AverageDivisor) -> Value {
    AvgPool2D(window: window, ceiling: ceiling, divisor: divisor).apply(self)
  }
}
