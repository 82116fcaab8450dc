import NNCore
import NNKernels

/// A sequence of element-wise functions over one iteration space, in single-assignment form:
/// registers `0..<operands.count` are the operands, register `operands.count + i` is instruction
/// i's result.
package struct ElementwiseProgram: Hashable, Sendable {
  /// How the program reads one of its inputs.
  package struct Operand: Hashable, Sendable {
    /// The stride in elements along each axis of the space; 0 repeats an element.
    let strides: [Int]

    init(strides: [Int]) { self.strides = strides }

    /// Reads a contiguous tensor, broadcast to the space as in NumPy.
    init(broadcasting shape: Shape, to space: Shape) {
      self.init(stretching: shape.strides, of: shape, to: space)
    }

    /// Reads a view of shape `shape` with these strides, broadcast to the space.
    init(stretching strides: [Int], of shape: Shape, to space: Shape) {
      let missing = space.rank - shape.rank
      self.strides = space.dimensions.indices.map { axis in
        axis < missing || shape.dimensions[axis - missing] == 1 ? 0 : strides[axis - missing]
      }
    }
  }

  /// One function applied to registers.
  package struct Instruction: Hashable, Sendable {
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
  /// The registers of the program's outputs.
  let outputs: [Int]

  /// Scratch bytes for one worker that runs such a program: an upper bound that holds whichever
  /// operands are strided (a strided operand takes two blocks, every other register one).
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

  /// Merges neighbouring axes where the strides of every operand allow it: the extents of the
  /// merged axes and each operand's strides along them. An axis for which `keepApart` is true is
  /// not merged with the one before it.
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
