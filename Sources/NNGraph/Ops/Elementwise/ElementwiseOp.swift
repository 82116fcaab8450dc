import NNCore
import NNKernels

extension ElementwiseOp {
  /// The broadcast shape of all inputs, with their element type.
  package func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    var shape = inputs[0].shape
    for input in inputs {
      guard input.dtype.isFloatingPoint else {
        throw OpError(
          "\(Self.name) computes on float32 or float64, gets \(input.dtype)",
          hint: "convert the tensor first: .converted(to: .float32)")
      }
      guard input.dtype == inputs[0].dtype else {
        throw OpError("\(Self.name) gets both \(inputs[0].dtype) and \(input.dtype)")
      }
      guard let common = shape.broadcast(with: input.shape) else {
        throw OpError("\(Self.name) cannot broadcast \(shape) with \(input.shape)")
      }
      shape = common
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  /// A program of this one instruction.
  package func prepare(_ context: KernelContext) -> Kernel {
    let space = context.outputs[0].type.shape
    let operands = context.inputs.map {
      ElementwiseProgram.Operand(broadcasting: $0.type.shape, to: space)
    }
    let program = ElementwiseProgram(
      space: space, operands: operands,
      instructions: [.init(opcode: opcode, operands: Array(operands.indices))],
      outputs: [operands.count])
    return FusedElementwise(program: program, dtype: context.outputs[0].type.dtype)
      .prepare(context)
  }

  /// One register file for each worker.
  package func scratchByteCount(
    inputs: [TensorType], outputs: [TensorType], workers: Int
  ) -> Int {
    ElementwiseProgram.scratchByteCount(
      operands: inputs.count, instructions: 1, outputs[0].dtype) * workers
  }
}

extension StridedViewOp {
  /// Copies the elements in the view's order.
  package func prepare(_ context: KernelContext) -> Kernel {
    let input = context.inputs[0]
    let output = context.outputs[0]
    let view = ElementwiseProgram.Operand(
      strides: strides(input: input.type, output: output.type))
    let program = ElementwiseProgram(
      space: output.type.shape, operands: [view],
      instructions: [.init(opcode: NN_COPY, operands: [0])], outputs: [1])
    return FusedElementwise(program: program, dtype: output.type.dtype).prepare(context)
  }

  /// One register file for each worker.
  package func scratchByteCount(
    inputs: [TensorType], outputs: [TensorType], workers: Int
  ) -> Int {
    ElementwiseProgram.scratchByteCount(operands: 1, instructions: 1, outputs[0].dtype) * workers
  }
}
