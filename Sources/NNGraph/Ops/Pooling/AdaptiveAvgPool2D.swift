import NNCore
import NNKernels

/// Means over a fixed number of cells: cell i of n covers ⌊i·size/n⌋ ..< ⌈(i + 1)·size/n⌉.
struct AdaptiveAvgPool2D: Op {
  static let name = "adaptiveAvgPool2D"
  let output: Size2D

  var attributes: String { "\(output)" }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let planes = try Planes("adaptiveAvgPool2D", inputs[0])
    guard output.height > 0, output.width > 0, planes.picture.area > 0 else {
      throw OpError("adaptiveAvgPool2D of pictures of \(planes.picture) to \(output)")
    }
    return [Planes.resized(inputs[0], to: output)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let shape = context.inputs[0].shape
    return [
      AdaptiveAvgPool2DGradient(picture: Size2D(height: shape[2], width: shape[3]))
        .apply(context.cotangent)
    ]
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
  /// The means over `size` cells that cover each picture, as even as its size allows; this value
  /// is [N, C, H, W].
  public func adaptiveAvgPool2D(_ size: Size2D) -> Value {
    AdaptiveAvgPool2D(output: size).apply(self)
  }
}
