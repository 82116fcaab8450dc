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

  private static func header(
    _ stream: inout ByteStream, at place: String
  ) throws(NNError) -> (StoredType, Shape) {
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
    guard 1...8 ~= magic[3] else {
      throw .invalid("expected 1 to 8 axes, found \(magic[3])", at: place)
    }
    let extents = try stream.bytes(4 * Int(magic[3]), "axis extents")
    let dimensions = (0..<Int(magic[3])).map { axis in
      extents[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let tooLarge = dimensions.firstIndex(where: { $0 >= 1 << 31 }) else {
      guard let byteCount = type.byteCount(of: dimensions) else {
        throw .invalid("the extents \(dimensions) overflow", at: place)
      }
      guard byteCount <= stream.largestPossibleCount else {
        throw .invalid(
          "truncated: \(Shape(dimensions)) takes \(byteCount) bytes, more than the file can hold",
          at: place)
      }
      return (type, Shape(dimensions))
    }
    throw .invalid(
      "axis \(tooLarge) has extent \(dimensions[tooLarge]), beyond 2^31 - 1", at: place)
  }
}
