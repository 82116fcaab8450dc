public import NNCore

/// IDX files, the format of MNIST and similar data sets: a big-endian header and one array.
///
/// Compressed (gzip) or not. Bytes 0–1 are zero, byte 2 the type, byte 3 the number of axes, then
/// an unsigned 32-bit extent per axis, then the numbers.
///
/// Source: Y. LeCun, C. Cortes, "The MNIST database of handwritten digits".
public enum IDX {
  /// Reads a file.
  ///
  /// - Returns: The array: type 0x08 as uint8, 0x09 (int8), 0x0B (int16) and 0x0C as int32, 0x0D as
  ///   float32, 0x0E as float64.
  /// - Throws: `NNError` naming the path when the file is missing, damaged, too short or too long.
  public static func read(_ path: String) throws(NNError) -> HostTensor {
    try decode(FileBytes.read(path), at: path)
  }

  /// Reads only the header of a file: the type of its numbers and their shape.
  ///
  /// - Throws: `NNError` naming the path when the file is missing or its header is damaged.
  public static func header(_ path: String) throws(NNError) -> (dtype: DType, shape: Shape) {
    let (type, shape) = try storedHeader(FileBytes.read(path), at: path)
    return (type.dtype, shape)
  }

  /// The header of a file's bytes, with the type of number that the file holds.
  static func storedHeader(
    _ bytes: [UInt8], at place: String
  ) throws(NNError) -> (type: StoredType, shape: Shape) {
    var stream = ByteStream(bytes, at: place)
    return try header(&stream, at: place)
  }

  /// Reads a file's bytes; `place` names them in errors.
  ///
  /// - Throws: `NNError` as for `read(_:)`.
  public static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> HostTensor {
    var stream = ByteStream(bytes, at: place)
    let (type, shape) = try header(&stream, at: place)
    let byteCount = shape.elementCount * type.byteCount
    try MemoryLimit.check(byteCount.multipliedSaturating(by: 2), "\(shape)", at: place)
    if type == .uint8 {
      // Images are read straight into their tensor, so that they are in memory only once.
      let tensor = try HostTensor(shape: shape, dtype: .uint8) { (target) throws(NNError) in
        let found = try stream.read(into: target)
        guard found == byteCount else {
          throw .invalid(
            "truncated: expected \(byteCount) bytes of data for \(shape), found \(found)",
            at: place)
        }
      }
      try stream.requireEnd()
      return tensor
    }
    let data = try stream.bytes(byteCount, "data for \(shape)")
    try stream.requireEnd()
    return try data.withUnsafeBufferPointer { (data) throws(NNError) in
      try type.decode(UnsafeRawBufferPointer(data), shape: shape, bigEndian: true, at: place)
    }
  }

  /// The position of an array in a file.
  struct Layout {
    let type: StoredType
    let dimensions: [Int]
    /// Where the numbers begin.
    let dataStart: Int
    /// The bytes of the numbers.
    let byteCount: Int
  }

  /// The largest number of axes.
  private static let largestRank = 8
  /// The size of the largest header, in bytes.
  static let largestHeaderByteCount = 4 + 4 * largestRank

  /// Where the numbers of a file that begins with some bytes are; they are not looked at.
  static func layout(of beginning: [UInt8], at place: String) throws(NNError) -> Layout {
    var stream = ByteStream(beginning, at: place)
    return try layout(&stream, at: place)
  }

  private static func header(
    _ stream: inout ByteStream, at place: String
  ) throws(NNError) -> (StoredType, Shape) {
    let layout = try Self.layout(&stream, at: place)
    guard layout.byteCount <= stream.largestPossibleCount else {
      throw .invalid(
        "truncated: \(Shape(layout.dimensions)) takes \(layout.byteCount) bytes, more than the file "
          + "can hold", at: place)
    }
    return (layout.type, Shape(layout.dimensions))
  }

  private static func layout(
    _ stream: inout ByteStream, at place: String
  ) throws(NNError) -> Layout {
    let magic = try stream.bytes(4, "header")
    guard magic[0] == 0, magic[1] == 0 else {
      throw .invalid(
        "not an IDX file: expected two zero bytes at the start, found \(magic[0]) \(magic[1])",
        at: place)
    }
    let types: [UInt8: StoredType] = [
      0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
    ]
    guard let type = types[magic[2]] else {
      throw .invalid(
        "not an IDX file: type byte \(magic[2]) is none of 8, 9, 11, 12, 13, 14", at: place)
    }
    let rank = Int(magic[3])
    guard 1...largestRank ~= rank else {
      throw .invalid("expected 1 to \(largestRank) axes, found \(rank)", at: place)
    }
    let extents = try stream.bytes(4 * rank, "axis extents")
    let dimensions = (0..<rank).map { axis in
      extents[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    if let tooLarge = dimensions.firstIndex(where: { $0 >= 1 << 31 }) {
      throw .invalid(
        "axis \(tooLarge) has extent \(dimensions[tooLarge]), beyond 2^31 - 1", at: place)
    }
    guard let byteCount = type.byteCount(of: dimensions) else {
      throw .invalid("the extents \(dimensions) overflow", at: place)
    }
    return Layout(
      type: type, dimensions: dimensions, dataStart: 4 + 4 * rank, byteCount: byteCount)
  }
}
