import NNCore
import NNKernels

/// Distributes the cotangent of each mean over its elements: the adjoint of `AvgPool2D`.
struct AvgPool2DGradient: KernelOp {
  static let name = "avgPool2DGradient"
  let pooling: AvgPool2D
  let inputSize: Size2D
  var supportsEpilogue: Bool { true }

  var attributes: Attributes { pooling.attributes + ["size": .ints(inputSize.extents)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("avgPool2D", inputs[0])
    let input = Planes.resized(inputs[0], to: inputSize)
    guard try pooling.inferTypes([input]) == [inputs[0]] else {
      throw OpError("avgPool2D: a cotangent of \(inputs[0]) for images of \(input)")
    }
    return [input]
  }

  func gradient(_ context: GradientContext) -> [Value?] { [pooling.apply(context.cotangent)] }

  func prepare(_ context: KernelContext) -> Kernel {
    let (cotangent, target) = (context.inputs[0], context.outputs[0])
    let loops = context.loops
    let slide = pooling.slide(target.type, cotangent.type)
    let countsPadding = pooling.divisor != .inside
    return Planes(of: target.type).kernel(epilogue: context.epilogue) { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.avg_pool_backward(
          target.address, cotangent.address, planes.lowerBound, planes.upperBound, $0,
          countsPadding)
      }
    }
  }
}

extension Value {
  /// ∂loss/∂images of `avgPool2D(_:ceiling:divisor:)` from this ∂loss/∂output.
  ///
  /// - Parameter inputSize: Height and width of the images.
  package func avgPool2DGradient(
    _ window: Window, ceiling: Bool, divisor: AverageDivisor, inputSize: Size2D
  ) -> Value {
    AvgPool2DGradient(
      pooling: AvgPool2D(window: window, ceiling: ceiling, divisor: divisor), inputSize: inputSize
    ).apply(self)
  }
}
