package import NNCore
package import NNData

extension Predictor {
  /// The bytes of inputs in a file that are read at once.
  private static let blockByteCount = 16 << 20

  /// The main output for the examples of a data set; inputs in a file are read block by block.
  ///
  /// - Throws: `NNError` as for a tensor of inputs, and if a file cannot be read.
  package func predict(_ dataset: Dataset) throws(NNError) -> HostTensor {
    guard dataset.isInFile else { return try predict(dataset.namedInputs) }
    // Whole batches, so that each has the rows that it has for inputs in memory.
    let example = max(1, dataset.inputShape.byteCount(of: .float32))
    let size = max(1, Self.blockByteCount / example / Evaluator.batchSize) * Evaluator.batchSize
    var outputs: [HostTensor] = []
    for start in stride(from: 0, to: dataset.count, by: size) {
      let rows = start..<min(start + size, dataset.count)
      do throws(NNError) {
        outputs.append(try predict(dataset.selecting(Array(rows)).readNamedInputs()))
      } catch {
        throw error.at("\(dataset.name), from row \(start) on")
      }
    }
    return HostTensor.concatenating(outputs)
  }
}
