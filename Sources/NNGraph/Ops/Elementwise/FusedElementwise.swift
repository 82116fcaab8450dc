import NNCore
import NNKernels

/// Several element-wise ops with one output shape, run in one pass over memory.
struct FusedElementwise: KernelOp {
  static let name = "elementwise"
  let program: ElementwiseProgram
  let dtype: DType

  var attributes: Attributes { ["instructions": .int(program.instructions.count)] }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    program.outputs.map { _ in TensorType(program.space, dtype) }
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    program.scratchByteCount(dtype) * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let run = bind(context)
    return .elements(program.space.elementCount) { elements, worker in
      run(EqualRanges(first: elements, count: 1, stride: 0), worker)
    }
  }

  /// The program as a closure over flat ranges of its space.
  func bind(_ context: KernelContext) -> (EqualRanges, _ worker: Int) -> Void {
    let shape = program.collapsed()
    let bound = BoundProgram(
      program, shape: (shape.extents, shape.strides), inputs: context.inputs.map(\.address),
      outputs: context.outputs.map(\.address))
    let loops = Kernels.table(for: dtype)
    let scratch = context.scratch
    let scratchStride = program.scratchByteCount(dtype)
    return { ranges, worker in
      withUnsafePointer(to: bound.program) { pointer in
        loops.pointee.program_run(
          pointer, ranges.first.lowerBound, ranges.first.upperBound, ranges.count, ranges.stride,
          scratch + worker * scratchStride)
      }
    }
  }
}
