public import NNCore

/// An array [N, …] in a file, of which single rows are read: data that are larger than memory.
///
/// A row is a slice along the first axis. Rows are found by their position in the file, so the array
/// is not compressed, and in C order. Copies share the open file, from which any number of threads may
/// read at the same time.
///
/// ```swift
/// let images = try RowFile(npy: "images.npy")
/// let batch = try images.read([5, 0, 7])  // [3, …]
/// ```
///
/// A file that another one replaces (as `rename` does) is still read as it was opened. One that is
/// overwritten or cut in the meantime is an error when rows are read.
public struct RowFile: Sendable {
  /// The file, for messages.
  public let path: String
  /// The shape of the whole array: [N, …].
  public private(set) var shape: Shape
  private let type: StoredType
  private let isBigEndian: Bool
  /// The position of the first row in the file, in bytes.
  private let start: Int
  private let file: PositionedFile

  /// The type of the elements as they are read; see `NPY.read` and `IDX.read`.
  public var dtype: DType { type.dtype }
  /// The number of rows, N.
  public var count: Int { shape[0] }
  /// The bytes of a row in the file.
  private var rowByteCount: Int { shape.dimensions.dropFirst().reduce(type.byteCount, *) }

  /// Describes an array in an open file.
  ///
  /// - Throws: `NNError` for an array without axes, and for more than one axis in Fortran order,
  ///   where a row is spread over the whole file.
  init(
    _ file: PositionedFile, at place: String, from start: Int, _ dimensions: [Int],
    _ type: StoredType, isBigEndian: Bool, isFortranOrder: Bool = false
  ) throws(NNError) {
    guard !dimensions.isEmpty else {
      throw .invalid("expected an array with a batch axis, found a scalar", at: place)
    }
    guard !isFortranOrder || dimensions.count == 1 else {
      throw .invalid(
        "is in Fortran order, in which no row is in one place, and its rows are read from the file",
        at: place, hint: "save numpy.ascontiguousarray(x), or read it into memory: stream: false")
    }
    self.file = file
    path = place
    self.start = start
    shape = Shape(dimensions)
    self.type = type
    self.isBigEndian = isBigEndian
  }

  /// The same rows with another shape of the same number of elements.
  ///
  /// - Precondition: `row` has as many elements as a row has now.
  package func reshapingRows(to row: Shape) -> RowFile {
    precondition(
      row.elementCount == shape.dimensions.dropFirst().reduce(1, *),
      "\(shape) has no rows of shape \(row)")
    var reshaped = self
    reshaped.shape = Shape([count] + row.dimensions)
    return reshaped
  }

  /// Whether both have the same rows of the same open file.
  package func isSame(as other: RowFile) -> Bool {
    file === other.file && start == other.start && shape == other.shape
  }

  /// Reads rows, in the order of their indices.
  ///
  /// - Precondition: Every index is in 0 ..< `count`.
  /// - Throws: `NNError` if the file has been cut or overwritten, or cannot be read.
  public func read(_ rows: [Int]) throws(NNError) -> HostTensor {
    var tensor = HostTensor(zeros: shape.replacing(axis: 0, with: rows.count), dtype: dtype)
    try read(rows, into: &tensor)
    return tensor
  }

  /// Reads rows into a tensor of their type and shape, whose memory is reused.
  ///
  /// - Throws: `NNError` as above.
  package func read(_ rows: [Int], into tensor: inout HostTensor) throws(NNError) {
    precondition(
      tensor.dtype == dtype && tensor.shape == shape.replacing(axis: 0, with: rows.count),
      "rows of another type or shape")
    try fill(&tensor) { (target) throws(NNError) in try readBytes(rows, into: target) }
  }

  /// Reads all rows.
  ///
  /// - Throws: `NNError` as above, and if they take more memory than there is.
  package func readAll() throws(NNError) -> HostTensor {
    try MemoryLimit.check(shape.byteCount(of: dtype), "a tensor of \(shape)", at: path)
    var tensor = HostTensor(zeros: shape, dtype: dtype)
    try fill(&tensor) { (target) throws(NNError) in try file.read(at: start, into: target) }
    return tensor
  }

  /// Fills a tensor from the bytes that a closure reads, which are converted if need be.
  private func fill(
    _ tensor: inout HostTensor,
    _ read: (UnsafeMutableRawBufferPointer) throws(NNError) -> Void
  ) throws(NNError) {
    if type.hasTensorBytes(bigEndian: isBigEndian) {
      try tensor.withMutableBytes(read)
    } else {
      let shape = tensor.shape
      var bytes = [UInt8](repeating: 0, count: shape.elementCount * type.byteCount)
      tensor = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(NNError) in
        let target = UnsafeMutableRawBufferPointer(buffer)
        try read(target)
        return try type.decode(
          UnsafeRawBufferPointer(target), shape: shape, bigEndian: isBigEndian, at: path)
      }
    }
    try file.requireUnchanged()
  }

  /// Asks the system to read successive rows soon, without waiting for them.
  package func readAhead(_ rows: Range<Int>) {
    file.readAhead(start + rows.lowerBound * rowByteCount, count: rows.count * rowByteCount)
  }

  /// Copies the bytes of rows to a buffer, one after another; rows that follow each other in the file
  /// are read at once, and all in the order of the file.
  private func readBytes(
    _ rows: [Int], into target: UnsafeMutableRawBufferPointer
  ) throws(NNError) {
    let size = rowByteCount
    precondition(rows.allSatisfy { (0..<count).contains($0) }, "a row that does not exist")
    let isAscending = zip(rows, rows.dropFirst()).allSatisfy { $0 <= $1 }
    let places = isAscending ? Array(rows.indices) : rows.indices.sorted { rows[$0] < rows[$1] }
    var next = 0
    while next < places.count {
      let first = places[next]
      var length = 1
      while next + length < places.count, places[next + length] == first + length,
        rows[first + length] == rows[first] + length
      {
        length += 1
      }
      try file.read(
        at: start + rows[first] * size,
        into: UnsafeMutableRawBufferPointer(
          rebasing: target[first * size..<(first + length) * size]))
      next += length
    }
  }
}
