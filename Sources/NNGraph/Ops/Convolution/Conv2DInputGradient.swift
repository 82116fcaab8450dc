import NNCore
import NNKernels

/// The adjoint of `Conv2D` in its pictures: ∂loss/∂pictures from (∂loss/∂output, weight).
struct Conv2DInputGradient: Op {
  static let name = "conv2DInputGradient"
  let geometry: ConvolutionGeometry
  /// Height and width of the pictures, which the output's size leaves open.
  let picture: Size2D

  var attributes: String { geometry.description }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (cotangent, weight) = (inputs[0], inputs[1])
    guard cotangent.shape.rank == 4, weight.shape.rank == 4 else {
      throw OpError("conv2D: a cotangent of \(cotangent.shape) for a weight of \(weight.shape)")
    }
    let pictures = pictures(cotangent, weight)
    try geometry.check(output: cotangent, of: pictures, weight)
    return [pictures]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[0].shape.elementCount.multipliedSaturating(
      by: inputs[1].shape.dimensions.dropFirst().saturatingProduct)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (cotangent, weight) = (context.inputs[0], context.inputs[1])
    return [
      Conv2D(geometry: geometry).apply(context.cotangent, weight),
      geometry.weightGradient(context.cotangent, cotangent, like: weight),
    ]
  }

  func lowered(_ inputs: [Value], lasting: [Bool]) -> Value? {
    geometry.winogradInputGradient(inputs[0], inputs[1], picture: picture)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let plan = InputGradientPlan(
      geometry, cotangent: inputs[0], weight: inputs[1], pictures: outputs[0])
    return plan.weightByteCount + plan.product.scratchByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (cotangent, weight, pictures) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let plan = InputGradientPlan(
      geometry, cotangent: cotangent.type, weight: weight.type, pictures: pictures.type)
    return plan.exchange(weight.address, into: context.scratch, context.loops).then(
      plan.product.kernel(
        of: cotangent.address, with: context.scratch, into: pictures.address,
        scratch: context.scratch + plan.weightByteCount, context))
  }

  private func pictures(_ cotangent: TensorType, _ weight: TensorType) -> TensorType {
    TensorType(
      [
        cotangent.shape[0], weight.shape[1] * geometry.groups, picture.height, picture.width,
      ], cotangent.dtype)
  }
}
