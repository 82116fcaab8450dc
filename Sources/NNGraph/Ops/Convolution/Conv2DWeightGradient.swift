import NNCore
import NNKernels

/// The adjoint of `Conv2D` in its weight: ∂loss/∂weight from (input, ∂loss/∂output).
struct Conv2DWeightGradient: KernelOp {
  static let name = "conv2DWeightGradient"
  let geometry: ConvolutionGeometry
  /// Height and width of the kernel, which the output's size does not determine.
  let kernel: Size2D

  var attributes: Attributes {
    geometry.attributes + ["kernel": .ints(kernel.extents)]
  }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let (input, cotangent) = (inputs[0], inputs[1])
    guard input.shape.rank == 4, cotangent.shape.rank == 4 else {
      throw OpError(
        "conv2D: a cotangent of \(cotangent.shape) for images of \(input.shape)")
    }
    let weight = TensorType(
      [
        cotangent.shape[1], input.shape[1] / Swift.max(1, geometry.groups), kernel.height,
        kernel.width,
      ], input.dtype)
    try geometry.check(output: cotangent, of: input, weight)
    return [weight]
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    inputs[1].shape.elementCount.multipliedSaturating(
      by: outputs[0].shape.dimensions.dropFirst().saturatingProduct)
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let (input, cotangent) = (context.inputs[0], context.inputs[1])
    return [
      geometry.inputGradient(cotangent, context.cotangent, inputSize: input.spatialSize),
      Conv2D(geometry: geometry).apply(input, context.cotangent),
    ]
  }

  /// The same by Winograd's algorithm; nil where that is not faster.
  func winograd(_ inputs: [Value]) -> Value? {
    geometry.winogradWeightGradient(inputs[0], inputs[1], kernel: kernel)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    WeightGradientPlan(geometry, input: inputs[0], cotangent: inputs[1], weight: outputs[0])
      .scratchByteCount(workers: workers)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (input, cotangent, weight) = (context.inputs[0], context.inputs[1], context.outputs[0])
    guard input.count > 0, cotangent.count > 0 else {
      return .serial {
        weight.address.initializeMemory(
          as: UInt8.self, repeating: 0, count: weight.type.byteCount)
      }
    }
    return WeightGradientPlan(
      geometry, input: input.type, cotangent: cotangent.type, weight: weight.type
    ).kernel(of: input.address, with: cotangent.address, into: weight.address, context)
  }
}

extension ConvolutionGeometry {
  /// ∂loss/∂weight from ∂loss/∂output.
  ///
  /// - Parameter kernel: Height and width of the weight.
  package func weightGradient(_ input: Value, _ cotangent: Value, kernel: Size2D) -> Value {
    Conv2DWeightGradient(geometry: self, kernel: kernel).apply(input, cotangent)
  }
}
