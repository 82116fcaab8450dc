import NNCore
import NNKernels

/// The adjoint of `Conv2D` in its weight: ∂loss/∂weight from (pictures, ∂loss/∂output).
struct Conv2DWeightGradient: Op {
  static let name = "conv2DWeightGradient"
  let geometry: ConvolutionGeometry
  /// Height and width of the kernel, which the output's size leaves open.
  let kernel: Size2D

  var attributes: String { geometry.description }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (pictures, cotangent) = (inputs[0], inputs[1])
    guard pictures.shape.rank == 4, cotangent.shape.rank == 4 else {
      throw OpError(
        "conv2D: a cotangent of \(cotangent.shape) for pictures of \(pictures.shape)")
    }
    let weight = TensorType(
      [
        cotangent.shape[1], pictures.shape[1] / Swift.max(1, geometry.groups), kernel.height,
        kernel.width,
      ], pictures.dtype)
    try geometry.check(output: cotangent, of: pictures, weight)
    return [weight]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[1].shape.elementCount.multipliedSaturating(
      by: outputs[0].shape.dimensions.dropFirst().saturatingProduct)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (pictures, cotangent) = (context.inputs[0], context.inputs[1])
    return [
      geometry.pictureGradient(cotangent, context.cotangent, like: pictures),
      Conv2D(geometry: geometry).apply(pictures, context.cotangent),
    ]
  }

  func lowered(_ inputs: [Value], lasting: [Bool]) -> Value? {
    geometry.winogradWeightGradient(inputs[0], inputs[1], kernel: kernel)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    WeightGradientPlan(geometry, pictures: inputs[0], cotangent: inputs[1], weight: outputs[0])
      .scratchByteCount(workers: workers)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (pictures, cotangent, weight) = (context.inputs[0], context.inputs[1], context.outputs[0])
    guard pictures.count > 0, cotangent.count > 0 else {
      return .serial {
        weight.address.initializeMemory(
          as: UInt8.self, repeating: 0, count: weight.type.byteCount)
      }
    }
    return WeightGradientPlan(
      geometry, pictures: pictures.type, cotangent: cotangent.type, weight: weight.type
    ).kernel(of: pictures.address, with: cotangent.address, into: weight.address, context)
  }
}
