public import NNCore

/// Arrays in files of each format.
extension RowFile {
  /// Opens the array of an NPY file.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, damaged, too short or too long, in
  ///   Fortran order, or holds anything but numbers.
  public init(npy path: String) throws(NNError) {
    let file = try PositionedFile(path)
    let header = try NPYHeader(file.bytes(0..<NPYHeader.largestFileByteCount), at: path)
    try header.check(fileByteCount: file.byteCount, at: path)
    try self.init(file, header, at: path, from: 0)
  }

  /// Opens an array of an NPZ file that is stored without compression. Its checksum is not verified.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: The name of the array.
  /// - Throws: `NNError` naming the path and, where there is one, the array, as for NPY files, and if
  ///   the array is missing or compressed.
  public init(npz path: String, array name: String) throws(NNError) {
    let file = try PositionedFile(path)
    let entry = try NPZ.entry(of: name, in: ZipReader.entries(of: file), at: path)
    let place = "\(path): array \"\(name.shortened())\""
    guard !entry.isDeflated else {
      throw .invalid(
        "is compressed, and rows of compressed data cannot be read one by one", at: place,
        hint:
          "save it with numpy.savez in place of numpy.savez_compressed, or read it into memory: "
          + "stream: false")
    }
    let stored = try ZipReader.stored(entry, in: file, at: place)
    let beginning = min(stored.count, NPYHeader.largestFileByteCount)
    let header = try NPYHeader(
      file.bytes(stored.lowerBound..<stored.lowerBound + beginning), at: place)
    try header.check(fileByteCount: stored.count, at: place)
    try self.init(file, header, at: place, from: stored.lowerBound)
  }

  private init(
    _ file: PositionedFile, _ header: NPYHeader, at place: String, from start: Int
  ) throws(NNError) {
    try self.init(
      file, at: place, from: start + header.dataStart, header.dimensions, header.type,
      isBigEndian: header.isBigEndian, isFortranOrder: header.isFortranOrder)
  }

  /// Opens the array of an IDX file.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, damaged, too short or too long, or
  ///   compressed.
  public init(idx path: String) throws(NNError) {
    let file = try PositionedFile(path)
    let beginning = try file.bytes(0..<IDX.largestHeaderByteCount)
    guard !Gzip.isCompressed(beginning) else {
      throw .invalid(
        "is compressed, and rows of compressed data cannot be read one by one", at: path,
        hint: "unpack it (gunzip -k), or read it into memory: stream: false")
    }
    let header = try IDX.layout(of: beginning, at: path)
    let (found, expected) = (file.byteCount - header.dataStart, header.byteCount)
    guard found == expected else {
      throw .invalid(
        found < expected
          ? "truncated: \(Shape(header.dimensions)) takes \(expected) bytes, found \(found)"
          : "holds more bytes than its header declares", at: path)
    }
    try self.init(
      file, at: path, from: header.dataStart, header.dimensions, header.type, isBigEndian: true)
  }

  /// Opens a tensor of a safetensors file.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, damaged or incomplete, and if it
  ///   lacks the tensor or holds it in a type that tensors cannot have.
  public init(safetensors path: String, tensor name: String) throws(NNError) {
    let file = try PositionedFile(path)
    let header = try SafeTensorsHeader(of: file)
    let place = "\(path): tensor \"\(name.shortened())\""
    guard let entry = header.entries.first(where: { ExactName($0.name) == ExactName(name) }) else {
      throw .missing("tensor", name, among: header.entries.map(\.name), at: path)
    }
    guard let type = entry.type.stored else {
      throw .invalid(
        "dtype \(entry.type.name) cannot be loaded", at: place,
        hint: "convert it first; supported: "
          + SafeTensorsType.readableNames.joined(separator: ", "))
    }
    try self.init(
      file, at: place, from: entry.bytes.lowerBound, entry.shape.dimensions, type,
      isBigEndian: false)
  }
}
