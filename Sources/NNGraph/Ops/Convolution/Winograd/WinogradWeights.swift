import NNCore
import NNKernels

/// The weight of a 3 × 3 convolution in the Winograd domain: 36 matrices [input, output] for each
/// part of the output channels.
struct WinogradWeights: KernelOp {
  static let name = "winogradWeights"
  /// For the input gradient: input and output channels are swapped, and the kernel is rotated by
  /// 180°.
  let isAdjoint: Bool
  /// The number of equal parts of the output channels.
  let parts: Int

  var attributes: Attributes { ["adjoint": .bool(isAdjoint), "parts": .int(parts)] }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([parts * matrices(inputs[0].shape).elementCount], inputs[0].dtype)]
  }

  /// Input and output channels of the convolution that uses the weight.
  private func channels(_ weight: Shape) -> (inputs: Int, outputs: Int) {
    isAdjoint ? (weight[0], weight[1]) : (weight[1], weight[0])
  }

  private func matrices(_ weight: Shape) -> WinogradMatrices {
    let (inputs, outputs) = channels(weight)
    return WinogradMatrices(rows: inputs, columns: outputs.inVectors / parts)
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    let matrices = matrices(inputs[0].shape)
    return 9 * parts * matrices.rows * matrices.columns * inputs[0].dtype.byteCount
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let (weight, output) = (context.inputs[0], context.outputs[0])
    let (inputs, outputs) = channels(weight.type.shape)
    let matrices = matrices(weight.type.shape)
    let bytes = weight.type.dtype.byteCount
    let loops = context.loops
    let (scratch, pitch) = (context.scratch, parts * matrices.columns)
    // In the weight, the kernel elements of a pair of channels are contiguous; here, the outputs
    // are.
    let (outer, stride) = isAdjoint ? (9 * outputs, 9) : (9, 9 * inputs)
    let copy = PaddedCopy(
      rows: 9, columns: outputs, strides: (1, stride), pitch: pitch, elementSize: bytes)
    let rearranged: Kernel = .elements(inputs, grain: max(1, 16384 / (9 * pitch))) { rows, _ in
      for row in rows {
        copy.run(
          from: weight.address + row * outer * bytes, to: scratch + row * 9 * pitch * bytes, loops)
      }
    }
    let direction = isAdjoint ? -1 : 1
    let last = isAdjoint ? 8 * pitch * bytes : 0
    let gap = matrices.rows * matrices.columns
    let clearing = Kernel.serial {
      for matrix in 0..<parts * WinogradTiling.multiplications {
        (output.address + (matrix * matrices.stride + gap) * bytes).initializeMemory(
          as: UInt8.self, repeating: 0, count: (matrices.stride - gap) * bytes)
      }
    }
    let transformed: Kernel = .elements(inputs, grain: max(1, 4096 / pitch)) { rows, _ in
      var source = nn_tile_strides(
        tile: 9 * pitch, row: 3 * pitch * direction, column: pitch * direction)
      var target = matrices.tileStrides
      for part in 0..<parts {
        let offset = part * matrices.elementCount + rows.lowerBound * matrices.columns
        let cell = rows.lowerBound * 9 * pitch + part * matrices.columns
        loops.pointee.winograd(
          NN_WINOGRAD_WEIGHT, output.address + offset * bytes, &target,
          scratch + last + cell * bytes, &source, rows.count, matrices.columns)
      }
    }
    return rearranged.then(clearing).then(transformed)
  }
}

extension Value {
  /// This weight of a 3 × 3 convolution in the Winograd domain.
  ///
  /// - Parameters:
  ///   - isAdjoint: Whether the weight is for the input gradient.
  ///   - parts: The number of equal parts of the output channels.
  package func winogradWeights(isAdjoint: Bool, parts: Int) -> Value {
    WinogradWeights(isAdjoint: isAdjoint, parts: parts).apply(self)
  }
}
