public import NNCore

/// NumPy's files with one array.
///
/// Reads versions 1 to 3, C and Fortran order, both byte orders and all types of numbers; writes
/// version 1 in C order, byte for byte like `numpy.save`.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public enum NPY {
  /// Reads a file.
  ///
  /// - Returns: The array in C order; int8, int16 and uint16 become int32, uint32 and uint64 int64,
  ///   float16 float32.
  /// - Throws: `NNError` naming the path when the file is missing, damaged, too short or too long,
  ///   or holds anything but numbers.
  public static func read(_ path: String) throws(NNError) -> HostTensor {
    try decode(FileBytes.read(path), at: path)
  }

  /// Reads a file's bytes; `place` names them in errors.
  ///
  /// - Throws: `NNError` as for `read(_:)`.
  public static func decode(_ bytes: [UInt8], at place: String) throws(NNError) -> HostTensor {
    let header = try NPYHeader(bytes, at: place)
    try header.check(fileByteCount: bytes.count, at: place)
    let shape = Shape(header.dimensions)
    return try bytes.withUnsafeBufferPointer { (bytes) throws(NNError) in
      let data = UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(bytes)[header.dataStart...])
      if !header.isFortranOrder {
        return try header.type.decode(
          data, shape: shape, bigEndian: header.isBigEndian, at: place)
      }
      return try header.type.decode(
        data, shape: Shape(shape.dimensions.reversed()), bigEndian: header.isBigEndian, at: place
      ).withReversedAxes()
    }
  }

  /// Writes a file, whole or not at all.
  ///
  /// - Throws: `NNError` when the file cannot be written.
  public static func write(_ tensor: HostTensor, to path: String) throws(NNError) {
    let header = NPYHeader.encoded(for: tensor)
    try AtomicFile.write(path: path) { (file) throws(NNError) in
      try file.write(header)
      try tensor.withBytes { (bytes) throws(NNError) in try file.write(bytes) }
    }
  }

  /// The bytes of the file that `write(_:to:)` writes.
  public static func encode(_ tensor: HostTensor) -> [UInt8] {
    var bytes = NPYHeader.encoded(for: tensor)
    tensor.withBytes { bytes += $0 }
    return bytes
  }
}

extension HostTensor {
  /// The tensor with its axes in reverse order: element [i, j, k] becomes [k, j, i].
  fileprivate func withReversedAxes() -> HostTensor {
    let reversed = Shape(shape.dimensions.reversed())
    let sourceStrides = Array(shape.strides.reversed())
    let size = dtype.byteCount
    return withBytes { source in
      HostTensor(shape: reversed, dtype: dtype) { target in
        var position = [Int](repeating: 0, count: reversed.rank)
        var offset = 0
        for index in 0..<elementCount {
          for byte in 0..<size { target[index * size + byte] = source[offset * size + byte] }
          for axis in stride(from: reversed.rank - 1, through: 0, by: -1) {
            position[axis] += 1
            offset += sourceStrides[axis]
            if position[axis] < reversed[axis] { break }
            offset -= position[axis] * sourceStrides[axis]
            position[axis] = 0
          }
        }
      }
    }
  }
}
