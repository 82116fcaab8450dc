import NNCore
import NNKernels

/// Puts the cotangent of each pooled element where it came from; zeros elsewhere.
///
/// Inputs: ∂loss/∂values [N, C, oH, oW] and the int32 places that `MaxPool2D` gave.
struct MaxPool2DGradient: Op {
  static let name = "maxPool2DGradient"
  let picture: Size2D
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("maxPool2D", inputs[0])
    guard inputs[1] == TensorType(inputs[0].shape, .int32) else {
      throw OpError("maxPool2D: places of \(inputs[1]) for values of \(inputs[0].shape)")
    }
    return [Planes.resized(inputs[0], to: picture)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [MaxPool2DGather().apply(context.cotangent, context.inputs[1]), nil]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (cotangent, target) = (context.inputs[0], context.outputs[0])
    let places = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let slide = Window(kernel: 1, stride: 1, padding: 0, dilation: 1)
      .loops(over: target.type, into: cotangent.type)
    return Planes(of: target.type).kernel(epilogue: context.epilogue) { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.max_pool_backward(
          target.address, places, cotangent.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}

/// Takes from each plane the elements at the places that `MaxPool2D` gave: the adjoint of
/// `MaxPool2DGradient`.
struct MaxPool2DGather: Op {
  static let name = "maxPool2DGather"

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("maxPool2D", inputs[0])
    let places = inputs[1]
    guard places.dtype == .int32, places.shape.rank == 4,
      places.shape.dimensions.prefix(2) == inputs[0].shape.dimensions.prefix(2)
    else {
      throw OpError("maxPool2D: places of \(places) for pictures of \(inputs[0].shape)")
    }
    return [TensorType(places.shape, inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let shape = context.inputs[0].shape
    return [
      MaxPool2DGradient(picture: Size2D(height: shape[2], width: shape[3]))
        .apply(context.cotangent, context.inputs[1]), nil,
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let places = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let slide = Window(kernel: 1, stride: 1, padding: 0, dilation: 1)
      .loops(over: source.type, into: target.type)
    return Planes(of: source.type).kernel { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.max_pool_gather(
          target.address, places, source.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}
