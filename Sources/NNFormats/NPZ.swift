public import NNCore

/// NumPy's archives of named arrays: a zip file with one NPY file per array.
public enum NPZ {
  /// How entries are stored in the archive.
  public enum Compression: Sendable, Hashable {
    /// Uncompressed, like `numpy.savez`.
    case stored
    /// Deflated, like `numpy.savez_compressed`.
    case deflated
  }

  /// Reads a file.
  ///
  /// Entries that are not NPY files are skipped.
  ///
  /// - Returns: The arrays in the archive's order, each under its name without `.npy`.
  /// - Throws: `NNError` naming the path and, where there is one, the array, when the file is
  ///   missing or damaged, fails a checksum or holds anything but numbers.
  public static func read(
    _ path: String
  ) throws(NNError) -> [(name: String, tensor: HostTensor)] {
    try decode(FileBytes.read(path), at: path)
  }

  /// Reads one array of a file and skips the others.
  ///
  /// - Throws: `NNError` as for `read(_:)`, and when the array is missing, listing those that
  ///   exist.
  public static func read(_ name: String, from path: String) throws(NNError) -> HostTensor {
    let archive = try ZipReader(FileBytes.read(path), at: path)
    let entry = try entry(of: name, in: archive.entries, at: path)
    return try decode(entry, in: archive)
  }

  /// Reads a file's bytes; `place` names them in errors.
  ///
  /// - Throws: `NNError` as for `read(_:)`.
  public static func decode(
    _ bytes: [UInt8], at place: String
  ) throws(NNError) -> [(name: String, tensor: HostTensor)] {
    let archive = try ZipReader(bytes, at: place)
    var arrays: [(name: String, tensor: HostTensor)] = []
    for entry in archive.entries where entry.name.hasSuffix(".npy") {
      arrays.append((String(entry.name.dropLast(4)), try decode(entry, in: archive)))
    }
    return arrays
  }

  /// Writes a file, whole or not at all; the same arrays always give the same bytes.
  ///
  /// - Throws: `NNError` when two arrays share a name or the file cannot be written.
  public static func write(
    _ arrays: [(name: String, tensor: HostTensor)], to path: String,
    compression: Compression = .stored
  ) throws(NNError) {
    try write(arrays, to: path, compression: compression, largestNarrow: 0xFFFF_FFFE)
  }

  /// Writes a file in which sizes above `largestNarrow` take 64 bits.
  package static func write(
    _ arrays: [(name: String, tensor: HostTensor)], to path: String, compression: Compression,
    largestNarrow: Int
  ) throws(NNError) {
    var names: Set<ExactName> = []
    for (name, _) in arrays where !names.insert(ExactName(name)).inserted {
      throw .invalid("two arrays are called \"\(name)\"", at: path)
    }
    try AtomicFile.write(path: path) { (file) throws(NNError) in
      var archive = ZipWriter(file: file, largestNarrow: largestNarrow)
      for (name, tensor) in arrays {
        try archive.add(
          name: name + ".npy", NPY.encode(tensor), deflating: compression == .deflated)
      }
      try archive.finish()
    }
  }

  /// The entry of an array.
  ///
  /// - Throws: `NNError` when the array is missing, listing those that exist.
  static func entry(
    of name: String, in entries: [ZipReader.Entry], at place: String
  ) throws(NNError) -> ZipReader.Entry {
    let arrays = entries.filter { $0.name.hasSuffix(".npy") }
    guard let entry = arrays.first(where: { ExactName($0.name) == ExactName(name + ".npy") }) else {
      throw .missing(
        "array", name, among: arrays.map { String($0.name.dropLast(4)) }, at: place)
    }
    return entry
  }

  /// The header of an array, checked against the size of its entry before all of it is inflated.
  static func header(
    of entry: ZipReader.Entry, in archive: ZipReader, at place: String
  ) throws(NNError) -> NPYHeader {
    let beginning = try archive.beginning(
      of: entry, count: NPYHeader.largestFileByteCount, at: place)
    let header = try NPYHeader(beginning, at: place)
    try header.check(fileByteCount: entry.count, at: place)
    return header
  }

  private static func decode(
    _ entry: ZipReader.Entry, in archive: ZipReader
  ) throws(NNError) -> HostTensor {
    let place = "\(archive.place): array \"\(String(entry.name.dropLast(4)).shortened())\""
    _ = try header(of: entry, in: archive, at: place)
    // Twice: as bytes and as a tensor.
    try MemoryLimit.check(entry.count.multipliedSaturating(by: 2), "the array", at: place)
    return try NPY.decode(archive.contents(of: entry, at: place), at: place)
  }
}
