import NNCore
import NNKernels

/// The weight of a 3 × 3 convolution in Winograd's domain: 36 matrices [input, output].
struct WinogradWeights: Op {
  static let name = "winogradWeights"
  /// For the input gradient: input and output change places, and the kernel is turned by 180°.
  let isAdjoint: Bool

  var attributes: String { isAdjoint ? "adjoint" : "" }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([matrices(inputs[0].shape).elementCount], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    preconditionFailure("the plan chooses algorithms after differentiation")
  }

  /// Input and output channels of the product that the weight serves.
  private func channels(_ weight: Shape) -> (inputs: Int, outputs: Int) {
    isAdjoint ? (weight[0], weight[1]) : (weight[1], weight[0])
  }

  private func matrices(_ weight: Shape) -> WinogradMatrices {
    let (inputs, outputs) = channels(weight)
    return WinogradMatrices(rows: inputs, columns: outputs.inVectors)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let matrices = matrices(inputs[0].shape)
    return 9 * matrices.rows * matrices.columns * inputs[0].dtype.byteCount
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (weight, output) = (context.inputs[0], context.outputs[0])
    let (inputs, outputs) = channels(weight.type.shape)
    let matrices = matrices(weight.type.shape)
    let bytes = weight.type.dtype.byteCount
    let loops = context.loops
    let (scratch, pitch) = (context.scratch, matrices.columns)
    // The kernel's cells of one pair of channels are neighbours; here, those of the outputs are.
    let extents = [Int64(9), Int64(outputs)]
    let (outer, strides) = isAdjoint ? (9 * outputs, [1, 9]) : (9, [1, 9 * inputs])
    let turned: Kernel = .elements(inputs, grain: max(1, 16384 / (9 * pitch))) { rows, _ in
      for row in rows {
        let source = weight.address + row * outer * bytes
        let target = scratch + row * 9 * pitch * bytes
        if pitch == outputs {
          loops.pointee.copy_strided(target, source, 2, extents, strides, 0, 9 * outputs)
          continue
        }
        target.initializeMemory(as: UInt8.self, repeating: 0, count: 9 * pitch * bytes)
        for cell in 0..<9 {
          loops.pointee.copy_strided(
            target + cell * pitch * bytes, source + cell * bytes, 1, [Int64(outputs)],
            [strides[1]], 0, outputs)
        }
      }
    }
    let direction = isAdjoint ? -1 : 1
    let last = isAdjoint ? 8 * pitch * bytes : 0
    let gap = matrices.rows * pitch
    return turned.then(
      .serial {
        for matrix in 0..<WinogradTiling.products {
          (output.address + (matrix * matrices.stride + gap) * bytes).initializeMemory(
            as: UInt8.self, repeating: 0, count: (matrices.stride - gap) * bytes)
        }
      }
    ).then(
      .elements(inputs, grain: max(1, 4096 / pitch)) { rows, _ in
        var source = nn_squares(
          square: 9 * pitch, row: 3 * pitch * direction, column: pitch * direction)
        var target = matrices.squares
        loops.pointee.winograd(
          NN_WINOGRAD_WEIGHT, output.address + rows.lowerBound * pitch * bytes, &target,
          scratch + rows.lowerBound * 9 * pitch * bytes + last, &source, rows.count, pitch)
      })
  }
}
