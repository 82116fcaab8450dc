import NNCore

/// The sum of partial results of equal shape that are stored one after another, added in order.
struct PartialSums {
  let parts: Int
  let count: Int
  let dtype: DType

  /// Bytes of the partial results.
  var byteCount: Int {
    (parts * count * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
  }

  /// Bytes of the partial results and of the scratch memory for their sum.
  func scratchByteCount(workers: Int) -> Int {
    byteCount
      + reduction.scratchByteCount(inputs: [source], outputs: [target], workers: workers)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// A kernel that sums the partial results at the start of `scratch` into `output`.
  func kernel(into output: UnsafeMutableRawPointer, _ context: KernelContext) -> Kernel {
    reduction.prepare(
      KernelContext(
        inputs: [Buffer(address: context.scratch, type: source)],
        outputs: [Buffer(address: output, type: target)],
        scratch: context.scratch + byteCount, workers: context.workers, epilogue: nil))
  }

  private var source: TensorType { TensorType([parts, count], dtype) }
  private var target: TensorType { TensorType([count], dtype) }
  private var reduction: Reduce { Reduce(kind: .sum, axes: [0], keepsDimensions: false) }
}
