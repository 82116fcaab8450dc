import NNCore
import NNKernels

/// A reduction fused with the element-wise ops that compute its input.
///
/// Large reductions are split into parts whose number depends only on the shape; their partial
/// results are combined in order.
struct FusedReduce: KernelOp {
  static let name = "reduce"
  let kind: Reduce.Kind
  /// Whether each axis of the program's space is reduced.
  let reduced: [Bool]
  let program: ElementwiseProgram
  /// The register whose values are reduced.
  let register: Int
  let output: TensorType

  var attributes: Attributes {
    ["kind": .string("\(kind)"), "instructions": .int(program.instructions.count)]
  }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] { [output] }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let layout = Layout(self)
    return layout.scratchStride * workers + layout.partialByteCount
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let layout = Layout(self)
    let loops = Kernels.table(for: output.dtype)
    let result = context.outputs[0].address
    let scratch = context.scratch
    guard program.space.elementCount > 0 else {
      let identity = kind.identity
      return .serial {
        if output.dtype == .float32 {
          let target = result.assumingMemoryBound(to: Float.self)
          for index in 0..<output.shape.elementCount { target[index] = Float(identity) }
        } else {
          let target = result.assumingMemoryBound(to: Double.self)
          for index in 0..<output.shape.elementCount { target[index] = identity }
        }
      }
    }
    let bound = BoundReduction(
      program, register: register, kind: kind, extents: layout.extents, strides: layout.strides,
      reduced: layout.reduced, inputs: context.inputs.map(\.address))
    let stride = layout.scratchStride
    let rows = layout.rowsPerPart
    let outer = layout.extents[0]
    let partBytes = layout.keptPerPart * output.dtype.byteCount
    let combines = layout.reduced[0] && layout.parts > 1
    let target = combines ? scratch + stride * context.workers : result
    let parts = Kernel.parallel(layout.parts) { part, worker in
      let begin = part * rows
      bound.run(
        loops, begin, min(outer, begin + rows), target + part * partBytes,
        scratch + worker * stride)
    }
    guard combines else { return parts }
    let combine = BoundReduction(
      ElementwiseProgram(
        space: [layout.parts, layout.keptPerPart],
        operands: [.init(strides: [layout.keptPerPart, 1])],
        instructions: [], outputs: []),
      register: 0, kind: kind, extents: [layout.parts, layout.keptPerPart],
      strides: [[layout.keptPerPart, 1]], reduced: [true, false], inputs: [target])
    let partCount = layout.parts
    return parts.then(.serial { combine.run(loops, 0, partCount, result, scratch) })
  }

  /// The split of the work; depends only on shapes.
  private struct Layout {
    let extents: [Int]
    let strides: [[Int]]
    let reduced: [Bool]
    let parts: Int
    let rowsPerPart: Int
    /// The number of result elements of a part.
    let keptPerPart: Int
    let scratchStride: Int
    let partialByteCount: Int

    init(_ op: FusedReduce) {
      let shape = op.program.collapsed { axis in
        // Kept and reduced axes stay apart; axes of extent 1 between them do not matter.
        let before = (0..<axis).last { op.program.space.dimensions[$0] != 1 }
        return before.map { op.reduced[$0] != op.reduced[axis] } ?? false
      }
      extents = shape.extents
      strides = shape.strides
      reduced = shape.axes.map { op.reduced.isEmpty ? true : op.reduced[$0] }
      let total = extents.reduce(1, *)
      let kept = zip(extents, reduced).reduce(1) { $1.1 ? $0 : $0 * $1.0 }
      let outer = extents[0]
      let wanted = max(1, min(outer, 64, total / 32768))
      // Partial results must stay small compared with the work that they save.
      let affordable = reduced[0] ? max(1, min(wanted, total / max(1, 16 * kept))) : wanted
      rowsPerPart = max(1, (outer + affordable - 1) / affordable)
      parts = (outer + rowsPerPart - 1) / max(1, rowsPerPart)
      keptPerPart = reduced[0] ? kept : kept / max(1, outer) * rowsPerPart
      // `reduce_run` keeps a double for each kept element of a partial result.
      scratchStride =
        (op.program.scratchByteCount(op.output.dtype) + 8 * max(kept, 1)
        + 4 * Storage.alignment).roundedUp(toMultipleOf: Storage.alignment)
      partialByteCount = reduced[0] && parts > 1 ? parts * kept * op.output.dtype.byteCount : 0
    }
  }
}

/// A reduction bound to addresses.
private final class BoundReduction {
  private let program: BoundProgram
  private var reduction = nn_reduce_program()

  init(
    _ source: ElementwiseProgram, register: Int, kind: Reduce.Kind, extents: [Int],
    strides: [[Int]], reduced: [Bool], inputs: [UnsafeMutableRawPointer]
  ) {
    program = BoundProgram(
      source, shape: (extents, strides), inputs: inputs, outputs: [], result: register)
    reduction.program = program.program
    reduction.kind = kind.code
    reduction.register_index = program.resultRegister
    withUnsafeMutableBytes(of: &reduction.reduced) { bytes in
      for (axis, flag) in reduced.enumerated() { bytes[axis] = flag ? 1 : 0 }
    }
  }

  func run(
    _ loops: UnsafePointer<nn_kernels>, _ begin: Int, _ end: Int,
    _ result: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer
  ) {
    withUnsafePointer(to: reduction) { pointer in
      loops.pointee.reduce_run(pointer, begin, end, result, scratch)
    }
  }
}
