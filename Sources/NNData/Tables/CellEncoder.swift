import NNCore

/// Encodes rows of a table's cells as one input of a network.
protocol CellEncoder: Sendable {
  /// The shape of one example's input.
  var exampleShape: Shape { get }
  /// The type of its elements.
  var dtype: DType { get }

  /// Replaces the inputs of successive examples by those of cells.
  ///
  /// - Parameters:
  ///   - cells: float64 [rows, columns] (`TableCell`).
  ///   - inputs: The inputs of examples [N, …].
  ///   - first: The example of the first row.
  ///   - counts: For each column how many values were not read as they are; these are added.
  func encode(
    _ cells: HostTensor, into inputs: inout HostTensor, at first: Int,
    counting counts: inout [EncodingCounts])
}

extension CellEncoder {
  /// Inputs of some examples, all 0.
  func zeros(count: Int) -> HostTensor {
    HostTensor(zeros: Shape([count] + exampleShape.dimensions), dtype: dtype)
  }
}
