public import NNCore

/// The contents of a file of numbers as they are stored, for listings.
public struct FileContents: Sendable {
  /// One array of the file.
  public struct Entry: Sendable, Hashable {
    /// The array's name; empty in formats that hold one array without a name.
    public let name: String
    /// How the file stores the numbers: `float16`, `uint32`, …, types that tensors lack included.
    public let storedType: String
    /// The extents of the axes.
    public let shape: Shape
    /// Bytes of the numbers as they are stored, before any compression.
    public let byteCount: Int
  }

  /// `safetensors`, `NPZ`, `NPY` or `IDX`.
  public let format: String
  /// The arrays, in the file's order.
  public let arrays: [Entry]
  /// The texts of a safetensors file, sorted by name; empty for other formats.
  public let metadata: [(name: String, text: String)]

  /// Reads a file to its end and verifies all of it.
  ///
  /// The format follows from the ending, else from the first bytes; IDX files may be
  /// gzip-compressed.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, damaged or of another format.
  public init(_ path: String) throws(NNError) {
    let bytes = try FileBytes.read(path)
    switch Self.format(of: path, bytes) {
    case .safeTensors:
      let header = try SafeTensorsHeader(bytes, at: path)
      self.init(
        format: "safetensors",
        arrays: header.entries.map {
          Entry(
            name: $0.name, storedType: $0.type.description, shape: $0.shape,
            byteCount: $0.bytes.count)
        },
        metadata: header.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    case .npy:
      let header = try NPYHeader(bytes, at: path)
      try header.check(fileByteCount: bytes.count, at: path)
      self.init(format: "NPY", arrays: [Entry("", header.type, Shape(header.dimensions))])
    case .npz:
      let archive = try ZipReader(bytes, at: path)
      var arrays: [Entry] = []
      for entry in archive.entries where entry.name.hasSuffix(".npy") {
        let name = String(entry.name.dropLast(4))
        let place = "\(path): array \"\(name.shortened())\""
        let header = try NPZ.header(of: entry, in: archive, at: place)
        try archive.verify(entry, at: place)
        arrays.append(Entry(name, header.type, Shape(header.dimensions)))
      }
      self.init(format: "NPZ", arrays: arrays)
    case .idx:
      _ = try IDX.decode(bytes, at: path)
      let (type, shape) = try IDX.storedHeader(bytes, at: path)
      self.init(format: "IDX", arrays: [Entry("", type, shape)])
    case nil:
      throw .invalid(
        "neither a safetensors, NPY, NPZ nor IDX file", at: path,
        hint: "expected a file that ends in .safetensors, .npy, .npz, .idx or .idx.gz")
    }
  }

  private init(
    format: String, arrays: [Entry], metadata: [(name: String, text: String)] = []
  ) {
    self.format = format
    self.arrays = arrays
    self.metadata = metadata
  }

  private enum Format { case safeTensors, npy, npz, idx }

  private static func format(of path: String, _ bytes: [UInt8]) -> Format? {
    let endings: [(String, Format)] = [
      (".safetensors", .safeTensors), (".npy", .npy), (".npz", .npz), (".idx", .idx),
      (".idx.gz", .idx), ("-ubyte", .idx), ("-ubyte.gz", .idx),
    ]
    if let known = endings.first(where: { path.hasSuffix($0.0) }) { return known.1 }
    let beginnings: [([UInt8], Format)] = [
      ([0x1F, 0x8B], .idx), ([0x93] + Array("NUMPY".utf8), .npy),
      (Array("PK\u{3}\u{4}".utf8), .npz),
    ]
    if let known = beginnings.first(where: { bytes.starts(with: $0.0) }) { return known.1 }
    // Two zero bytes would give a safetensors header a length that is a multiple of 65,536.
    if bytes.starts(with: [0, 0]) { return .idx }
    return bytes.count > 8 && bytes[8] == UInt8(ascii: "{") ? .safeTensors : nil
  }
}

extension FileContents.Entry {
  fileprivate init(_ name: String, _ type: StoredType, _ shape: Shape) {
    self.init(
      name: name, storedType: "\(type)", shape: shape,
      byteCount: shape.elementCount * type.byteCount)
  }
}
