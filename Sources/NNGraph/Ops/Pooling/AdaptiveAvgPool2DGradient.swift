import NNCore
import NNKernels

/// Distributes the cotangent of each bin over its elements: the adjoint of `AdaptiveAvgPool2D`.
struct AdaptiveAvgPool2DGradient: KernelOp {
  static let name = "adaptiveAvgPool2DGradient"
  let inputSize: Size2D
  var attributes: Attributes { ["size": .ints(inputSize.extents)] }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("adaptiveAvgPool2D", inputs[0])
    return [Planes.resized(inputs[0], to: inputSize)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent.adaptiveAvgPool2D(context.inputs[0].spatialSize)]
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

extension Value {
  /// ∂loss/∂images of `adaptiveAvgPool2D(_:)` from this ∂loss/∂output.
  ///
  /// - Parameter inputSize: Height and width of the images.
  package func adaptiveAvgPool2DGradient(inputSize: Size2D) -> Value {
    AdaptiveAvgPool2DGradient(inputSize: inputSize).apply(self)
  }
}
