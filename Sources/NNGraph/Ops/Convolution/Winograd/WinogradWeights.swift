import NNCore
import NNKernels

/// The weight of a 3 × 3 convolution in Winograd's domain: 36 matrices [input, output], for each part
/// of the outputs.
struct WinogradWeights: Op {
  static let name = "winogradWeights"
  /// For the input gradient: input and output change places, and the kernel is turned by 180°.
  let isAdjoint: Bool
  /// Equal parts of the outputs that are read apart.
  let parts: Int

  var attributes: String {
    [isAdjoint ? "adjoint" : "", parts > 1 ? "\(parts) parts" : ""]
      .filter { !$0.isEmpty }.joined(separator: ", ")
  }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([parts * matrices(inputs[0].shape).elementCount], inputs[0].dtype)]
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
    // The kernel's cells of one pair of channels are neighbours; here, those of the outputs are.
    let (outer, stride) = isAdjoint ? (9 * outputs, 9) : (9, 9 * inputs)
    let cells = PaddedCopy(
      rows: 9, columns: outputs, strides: (1, stride), pitch: pitch, elementSize: bytes)
    let turned: Kernel = .elements(inputs, grain: max(1, 16384 / (9 * pitch))) { rows, _ in
      for row in rows {
        cells.run(
          from: weight.address + row * outer * bytes, to: scratch + row * 9 * pitch * bytes, loops)
      }
    }
    let direction = isAdjoint ? -1 : 1
    let last = isAdjoint ? 8 * pitch * bytes : 0
    let gap = matrices.rows * matrices.columns
    let clearing = Kernel.serial {
      for matrix in 0..<parts * WinogradTiling.products {
        (output.address + (matrix * matrices.stride + gap) * bytes).initializeMemory(
          as: UInt8.self, repeating: 0, count: (matrices.stride - gap) * bytes)
      }
    }
    let transformed: Kernel = .elements(inputs, grain: max(1, 4096 / pitch)) { rows, _ in
      var source = nn_squares(
        square: 9 * pitch, row: 3 * pitch * direction, column: pitch * direction)
      var target = matrices.squares
      for part in 0..<parts {
        let place = part * matrices.elementCount + rows.lowerBound * matrices.columns
        let cell = rows.lowerBound * 9 * pitch + part * matrices.columns
        loops.pointee.winograd(
          NN_WINOGRAD_WEIGHT, output.address + place * bytes, &target,
          scratch + last + cell * bytes, &source, rows.count, matrices.columns)
      }
    }
    return turned.then(clearing).then(transformed)
  }
}
