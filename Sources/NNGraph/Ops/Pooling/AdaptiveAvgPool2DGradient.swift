import NNCore
import NNKernels

/// Spreads the cotangent of each cell over its elements: `AdaptiveAvgPool2D`'s adjoint.
struct AdaptiveAvgPool2DGradient: Op {
  static let name = "adaptiveAvgPool2DGradient"
  let picture: Size2D
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("adaptiveAvgPool2D", inputs[0])
    return [Planes.resized(inputs[0], to: picture)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let shape = context.inputs[0].shape
    return [
      AdaptiveAvgPool2D(output: Size2D(height: shape[2], width: shape[3]))
        .apply(context.cotangent)
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (cotangent, target) = (context.inputs[0], context.outputs[0])
    let loops = context.loops
    let slide = Window(kernel: 1, stride: 1, padding: 0, dilation: 1)
      .loops(over: target.type, into: cotangent.type)
    return Planes(of: target.type).kernel(epilogue: context.epilogue) { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.adaptive_avg_pool_backward(
          target.address, cotangent.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}
