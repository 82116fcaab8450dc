import NNCore
import NNKernels

/// Spreads the cotangent of each mean over the elements it was taken of: `AvgPool2D`'s adjoint.
struct AvgPool2DGradient: Op {
  static let name = "avgPool2DGradient"
  let pooling: AvgPool2D
  let picture: Size2D
  var supportsEpilogue: Bool { true }

  var attributes: String { pooling.attributes }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("avgPool2D", inputs[0])
    let pictures = Planes.resized(inputs[0], to: picture)
    guard try pooling.inferTypes([pictures]) == [inputs[0]] else {
      throw OpError("avgPool2D: a cotangent of \(inputs[0]) for pictures of \(pictures)")
    }
    return [pictures]
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
