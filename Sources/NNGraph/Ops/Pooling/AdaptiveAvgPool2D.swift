import NNCore
import NNKernels

/// Means over a fixed number of bins: bin i of n covers ⌊i·size/n⌋ ..< ⌈(i + 1)·size/n⌉.
struct AdaptiveAvgPool2D: KernelOp {
  static let name = "adaptiveAvgPool2D"
  let output: Size2D

  var attributes: Attributes { ["outputSize": .ints(output.extents)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let planes = try Planes("adaptiveAvgPool2D", inputs[0])
    guard output.height > 0, output.width > 0, planes.imageSize.area > 0 else {
      throw OpError("adaptiveAvgPool2D of images of \(planes.imageSize) to \(output)")
    }
    return [Planes.resized(inputs[0], to: output)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent.adaptiveAvgPool2DGradient(inputSize: context.inputs[0].spatialSize)]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let loops = context.loops
    let slide = Window(kernel: 1, stride: 1, padding: 0, dilation: 1)
      .loops(over: source.type, into: target.type)
    return Planes(of: source.type).kernel { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.adaptive_avg_pool(
          target.address, source.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}

extension Value {
  /// Average pooling of images [N, C, H, W] to a fixed size: bin i of n covers the elements
  /// ⌊i·extent/n⌋ ..< ⌈(i + 1)·extent/n⌉ of an axis.
  ///
  /// - Parameter size: The height and width of the result [N, C, height, width].
  public func adaptiveAvgPool2D(_ size: Size2D) -> Value {
    AdaptiveAvgPool2D(output: size).apply(self)
  }
}
