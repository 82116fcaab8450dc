import NNCore
import NNFormats

/// The tensor that holds the examples of a batch.
struct GatheredRows {
  /// All examples of a source, or those of the batch alone.
  let tensor: HostTensor
  /// Whether the tensor holds the examples of the batch alone, in its order.
  let isBatch: Bool
}

/// Reads the examples of batches from files, into memory that is reused.
struct BatchStaging {
  private var tensors: [Int: HostTensor] = [:]
  private var cells = SharedCells()

  /// The rows of an input.
  ///
  /// - Parameters:
  ///   - input: The rows of all examples; the file of one that is in a file is read.
  ///   - position: The position of the input among all.
  ///   - rows: The rows of the examples in the source.
  /// - Throws: `NNError` if the file cannot be read.
  mutating func rows(
    of input: ExampleRows, at position: Int, _ rows: some Collection<Int>
  ) throws(NNError) -> GatheredRows {
    switch input {
    case .memory(let tensor): return GatheredRows(tensor: tensor, isBatch: false)
    case .stored(let stored):
      let shape = stored.shape.replacing(axis: 0, with: rows.count)
      // Taken out, so that the memory is not shared and no copy is made.
      var tensor =
        tensors.removeValue(forKey: position).flatMap { $0.shape == shape ? $0 : nil }
        ?? HostTensor(zeros: shape, dtype: stored.dtype)
      try stored.read(Array(rows), into: &tensor, sharing: &cells)
      tensors[position] = tensor
      return GatheredRows(tensor: tensor, isBatch: true)
    }
  }
}
