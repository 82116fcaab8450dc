import NNCore
import NNKernels

/// Scatters the cotangents of the pooled elements to their indices; zeros elsewhere.
///
/// Inputs: ∂loss/∂values [N, C, oH, oW] and the int32 indices from `MaxPool2D`.
struct MaxPool2DGradient: KernelOp {
  static let name = "maxPool2DGradient"
  let inputSize: Size2D
  var attributes: Attributes { ["size": .ints(inputSize.extents)] }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("maxPool2D", inputs[0])
    guard inputs[1] == TensorType(inputs[0].shape, .int32) else {
      throw OpError("maxPool2D: indices of \(inputs[1]) for values of \(inputs[0].shape)")
    }
    return [Planes.resized(inputs[0], to: inputSize)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [context.cotangent.maxPool2DGather(context.inputs[1]), nil]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (cotangent, target) = (context.inputs[0], context.outputs[0])
    let indices = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let slide = Window(kernel: 1, stride: 1, padding: 0, dilation: 1)
      .loops(over: target.type, into: cotangent.type)
    return Planes(of: target.type).kernel(epilogue: context.epilogue) { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.max_pool_backward(
          target.address, indices, cotangent.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}

/// Gathers from each plane the elements at the indices from `MaxPool2D`: the adjoint of
/// `MaxPool2DGradient`.
struct MaxPool2DGather: KernelOp {
  static let name = "maxPool2DGather"

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    _ = try Planes("maxPool2D", inputs[0])
    let indices = inputs[1]
    guard indices.dtype == .int32, indices.shape.rank == 4,
      indices.shape.dimensions.prefix(2) == inputs[0].shape.dimensions.prefix(2)
    else {
      throw OpError("maxPool2D: indices of \(indices) for images of \(inputs[0].shape)")
    }
    return [TensorType(indices.shape, inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    [
      context.cotangent.maxPool2DGradient(
        context.inputs[1], inputSize: context.inputs[0].spatialSize), nil,
    ]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (source, target) = (context.inputs[0], context.outputs[0])
    let indices = context.inputs[1].pointer(as: Int32.self)
    let loops = context.loops
    let slide = Window(kernel: 1, stride: 1, padding: 0, dilation: 1)
      .loops(over: source.type, into: target.type)
    return Planes(of: source.type).kernel { planes in
      withUnsafePointer(to: slide) {
        loops.pointee.max_pool_gather(
          target.address, indices, source.address, planes.lowerBound, planes.upperBound, $0)
      }
    }
  }
}

extension Value {
  /// ∂loss/∂images of `maxPool2D` from this ∂loss/∂output and the indices of the pooled elements.
  ///
  /// - Parameter inputSize: Height and width of the images.
  package func maxPool2DGradient(_ indices: Value, inputSize: Size2D) -> Value {
    MaxPool2DGradient(inputSize: inputSize).apply(self, indices)
  }

  /// The elements of each plane at the indices of the pooled elements of `maxPool2D`.
  package func maxPool2DGather(_ indices: Value) -> Value {
    MaxPool2DGather().apply(self, indices)
  }
}
