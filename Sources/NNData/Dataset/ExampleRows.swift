import NNCore
import NNFormats

/// The examples of one input: in memory, or in a file of which rows are read when they are needed.
enum ExampleRows: Sendable {
  case memory(HostTensor)
  case stored(StoredRows)

  /// Examples that are the rows of a file.
  static func file(_ file: RowFile) -> ExampleRows { .stored(StoredRows(file)) }

  /// The shape of all examples: [N, …].
  var shape: Shape {
    switch self {
    case .memory(let tensor): tensor.shape
    case .stored(let rows): rows.shape
    }
  }

  /// The type of the elements.
  var dtype: DType {
    switch self {
    case .memory(let tensor): tensor.dtype
    case .stored(let rows): rows.dtype
    }
  }

  /// The shape of one example.
  var exampleShape: Shape { Shape(Array(shape.dimensions.dropFirst())) }
  /// The number of elements of all examples.
  var elementCount: Int { shape.dimensions.reduce(1) { $0.multipliedSaturating(by: $1) } }

  /// The same examples in another shape of the same number of elements.
  func reshapingExamples(to example: Shape) -> ExampleRows {
    switch self {
    case .memory(let tensor):
      .memory(tensor.reshaped(to: Shape([tensor.shape[0]] + example.dimensions)))
    case .stored(let rows): .stored(rows.reshapingRows(to: example))
    }
  }

  /// The tensor of examples in memory; nil for a file.
  var tensor: HostTensor? { if case .memory(let tensor) = self { tensor } else { nil } }
  /// The file; nil for examples in memory.
  var file: RowFile? { if case .stored(let rows) = self { rows.file } else { nil } }

  /// A copy of some examples.
  ///
  /// - Parameter rows: Their indices; nil for all, which are not copied if they are in memory.
  /// - Throws: `NNError` if they are in a file and take more memory than there is, or if the file
  ///   cannot be read.
  func gathering(_ rows: [Int]?) throws(NNError) -> HostTensor {
    switch self {
    case .memory(let tensor): return rows.map(tensor.gathering) ?? tensor
    case .stored(let stored):
      let count = rows?.count ?? stored.count
      let shape = stored.shape.replacing(axis: 0, with: count)
      try MemoryLimit.check(
        shape.byteCount(of: stored.dtype),
        "the inputs of \(count) examples, which are needed at once,", at: stored.file.path,
        hint: "take fewer examples, such as another test file")
      var tensor = HostTensor(zeros: shape, dtype: stored.dtype)
      try stored.read(rows ?? Array(0..<count), into: &tensor)
      return tensor
    }
  }

  /// The bytes of a block of examples that is read from a file at once.
  private static let blockByteCount = 4 << 20

  /// Passes examples block by block, in their order; examples in memory are one block.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - rows: The row of each example; nil if they are all rows.
  ///   - otherByteCount: The bytes that `body` needs for each example, in addition to those of the block.
  ///   - body: Gets a tensor, the examples that it holds, and the row of the tensor that holds an
  ///     example.
  /// - Throws: What `body` throws, and `NNError` if a file cannot be read.
  func forEachBlock(
    count: Int, rows: [Int]?, otherByteCount: Int = 0,
    _ body: (
      _ block: HostTensor, _ examples: Range<Int>, _ place: BlockPlaces
    ) throws(NNError) -> Void
  ) throws(NNError) {
    switch self {
    case .memory(let tensor): try body(tensor, 0..<count, BlockPlaces(rows: rows))
    case .stored(let stored):
      let byteCount = exampleShape.byteCount(of: dtype) + otherByteCount
      let size = max(1, Self.blockByteCount / max(1, byteCount))
      var block = HostTensor(zeros: [0], dtype: dtype)
      for start in stride(from: 0, to: count, by: size) {
        let examples = start..<min(start + size, count)
        if block.shape.dimensions.first != examples.count {
          block = HostTensor(zeros: shape.replacing(axis: 0, with: examples.count), dtype: dtype)
        }
        try stored.read(rows.map { Array($0[examples]) } ?? Array(examples), into: &block)
        try body(block, examples, BlockPlaces(first: start))
      }
    }
  }
}

extension ExampleRows {
  /// The first of their integers outside a range, with its flat index; nil when there is none.
  ///
  /// - Precondition: They are int32.
  /// - Throws: `NNError` if a file cannot be read.
  func firstInteger(
    outside range: Range<Int>
  ) throws(NNError) -> (index: Int, value: Int32)? {
    var first: (index: Int, value: Int32)?
    try forEachBlock(count: shape[0], rows: nil) { block, examples, _ in
      guard first == nil else { return }
      block.withScalars(as: Int32.self) { integers in
        guard let index = integers.firstIndex(where: { !range.contains(Int($0)) }) else { return }
        first = (examples.lowerBound * exampleShape.elementCount + index, integers[index])
      }
    }
    return first
  }
}

/// Finds the row of a block that holds an example.
struct BlockPlaces {
  /// The row of each example; nil if rows are in the order of examples.
  var rows: [Int]?
  /// The example of the block's first row, if they are.
  var first = 0

  /// The row of an example.
  func callAsFunction(_ example: Int) -> Int { rows?[example] ?? example - first }
}

extension Dataset {
  /// Passes the main inputs of all examples block by block; see `ExampleRows`.
  func forEachInputBlock(
    _ body: (
      _ block: HostTensor, _ examples: Range<Int>, _ place: BlockPlaces
    ) throws(NNError) -> Void
  ) throws(NNError) {
    try sourceInputs.forEachBlock(count: count, rows: selectedRows, body)
  }
}
