import NNCore
import NNKernels

/// A chain of element-wise functions over one output space, in single-assignment form: registers
/// `0..<operands.count` are the operands, register `operands.count + i` is instruction i's result.
public struct ElementwiseProgram: Hashable, Sendable {
  /// How the program reads one of its inputs.
  public struct Operand: Hashable, Sendable {
    /// Elements between neighbours along each axis of the space; 0 repeats an element.
    let strides: [Int]

    init(strides: [Int]) { self.strides = strides }

    /// Reads a contiguous tensor stretched to the space by NumPy's rule.
    init(broadcasting shape: Shape, to space: Shape) {
      self.init(stretching: shape.strides, of: shape, to: space)
    }

    /// Reads a view of shape `shape` with these strides, stretched to the space.
    init(stretching strides: [Int], of shape: Shape, to space: Shape) {
      let missing = space.rank - shape.rank
      self.strides = space.dimensions.indices.map { axis in
        axis < missing || shape.dimensions[axis - missing] == 1 ? 0 : strides[axis - missing]
      }
    }
  }

  /// One function applied to registers.
  public struct Instruction: Hashable, Sendable {
    let opcode: UInt8
    let operands: [Int]

    init(opcode: nn_opcode, operands: [Int]) {
      self.opcode = opcode.rawValue
      self.operands = operands
    }
  }

  let space: Shape
  let operands: [Operand]
  let instructions: [Instruction]
  /// The registers whose values leave the program.
  let outputs: [Int]

  /// Scratch bytes for one worker that runs such a program: an upper bound that holds whichever
  /// operands turn out to be strided, since those take two blocks; the other registers take one.
  static func scratchByteCount(operands: Int, instructions: Int, _ dtype: DType) -> Int {
    let blocks = 2 * operands + instructions
    let entries = (operands + instructions) * Storage.alignment
    return blocks * Int(NN_BLOCK) * dtype.byteCount + entries + Storage.alignment
  }

  /// Scratch bytes for one worker.
  func scratchByteCount(_ dtype: DType) -> Int {
    Self.scratchByteCount(
      operands: operands.count, instructions: instructions.count, dtype)
  }

  /// The axes merged where every operand allows it: the space's extents, then each operand's
  /// strides along the merged axes; `keepApart` axes pairs (i, i+1) are never merged.
  func collapsed(
    keepApart: (Int) -> Bool = { _ in false }
  ) -> (extents: [Int], strides: [[Int]], axes: [Int]) {
    var extents: [Int] = []
    var strides = [[Int]](repeating: [], count: operands.count)
    // The last original axis in each merged one, for callers who label axes.
    var axes: [Int] = []
    for axis in space.dimensions.indices where space.dimensions[axis] != 1 {
      let extent = space.dimensions[axis]
      let merges =
        !extents.isEmpty && !keepApart(axis)
        && operands.indices.allSatisfy { operand in
          strides[operand].last == operands[operand].strides[axis] * extent
        }
      if merges {
        extents[extents.count - 1] *= extent
        axes[axes.count - 1] = axis
      } else {
        extents.append(extent)
        axes.append(axis)
        for operand in operands.indices { strides[operand].append(0) }
      }
      for operand in operands.indices {
        strides[operand][extents.count - 1] = operands[operand].strides[axis]
      }
    }
    if extents.isEmpty {
      extents = [1]
      axes = [0]
      strides = [[Int]](repeating: [0], count: operands.count)
    }
    return (extents, strides, axes)
  }
}
