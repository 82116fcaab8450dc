import NNCore
import NNKernels

/// The adjoint of `Conv2D` in its input: ∂loss/∂input from (∂loss/∂output, weight).
struct Conv2DInputGradient: KernelOp {
  static let name = "conv2DInputGradient"
  let geometry: ConvolutionGeometry
  /// Height and width of the input, which the output's size does not determine.
  let inputSize: Size2D

  var attributes: Attributes {
    geometry.attributes + ["size": .ints(inputSize.extents)]
  }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (cotangent, weight) = (inputs[0], inputs[1])
    guard cotangent.shape.rank == 4, weight.shape.rank == 4 else {
      throw OpError("conv2D: a cotangent of \(cotangent.shape) for a weight of \(weight.shape)")
    }
    let input = inputType(cotangent, weight)
    try geometry.check(output: cotangent, of: input, weight)
    return [input]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[0].shape.elementCount.multipliedSaturating(
      by: inputs[1].shape.dimensions.dropFirst().saturatingProduct)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (cotangent, weight) = (context.inputs[0], context.inputs[1])
    return [
      Conv2D(geometry: geometry).apply(context.cotangent, weight),
      geometry.weightGradient(context.cotangent, cotangent, kernel: weight.spatialSize),
    ]
  }

  /// The same by Winograd's algorithm; nil where that is not faster.
  func winograd(_ inputs: [Value]) -> Value? {
    geometry.winogradInputGradient(inputs[0], inputs[1], inputSize: inputSize)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let plan = InputGradientPlan(
      geometry, cotangent: inputs[0], weight: inputs[1], input: outputs[0])
    return plan.weightByteCount + plan.convolution.scratchByteCount * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (cotangent, weight, input) = (context.inputs[0], context.inputs[1], context.outputs[0])
    let plan = InputGradientPlan(
      geometry, cotangent: cotangent.type, weight: weight.type, input: input.type)
    return plan.exchange(weight.address, into: context.scratch, context.loops).then(
      plan.convolution.kernel(
        of: cotangent.address, with: context.scratch, into: input.address,
        scratch: context.scratch + plan.weightByteCount, context))
  }

  private func inputType(_ cotangent: TensorType, _ weight: TensorType) -> TensorType {
    TensorType(
      [
        cotangent.shape[0], weight.shape[1] * geometry.groups, inputSize.height, inputSize.width,
      ], cotangent.dtype)
  }
}

extension ConvolutionGeometry {
  /// ∂loss/∂input from ∂loss/∂output.
  ///
  /// - Parameter inputSize: Height and width of the input.
  package func inputGradient(
    _ cotangent: Value, _ weight: Value, inputSize: Size2D
  ) -> Value {
    Conv2DInputGradient(geometry: self, inputSize: inputSize).apply(cotangent, weight)
  }
}
