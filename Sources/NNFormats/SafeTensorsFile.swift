public import NNCore

/// A safetensors file: named tensors and text metadata.
///
/// Layout: 8 bytes with the header's length (little-endian), the header in JSON (per tensor its
/// `dtype`, `shape` and `data_offsets`, and `__metadata__` with texts), then the tensors without
/// gaps.
///
/// Source: https://github.com/huggingface/safetensors
public struct SafeTensorsFile: Sendable {
  /// The tensors, in the file's order.
  public var tensors: [(name: String, tensor: HostTensor)]
  /// The texts under `__metadata__`.
  public var metadata: [String: String]

  /// Creates contents to be written.
  public init(
    tensors: [(name: String, tensor: HostTensor)] = [], metadata: [String: String] = [:]
  ) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads a file.
  ///
  /// F16 and BF16 become float32; I8, I16 and U16 int32; U32 and U64 int64.
  ///
  /// - Throws: `NNError` naming the path and, where there is one, the tensor, when the file is
  ///   missing, damaged or incomplete, or holds a type that tensors cannot have.
  public init(contentsOf path: String) throws(NNError) {
    try self.init(FileBytes.read(path), at: path)
  }

  /// Reads a file's bytes; `place` names them in errors.
  ///
  /// - Throws: `NNError` as for `init(contentsOf:)`.
  public init(_ bytes: [UInt8], at place: String) throws(NNError) {
    let header = try SafeTensorsHeader(bytes, at: place)
    metadata = header.metadata
    tensors = []
    for entry in header.entries {
      let place = "\(place): tensor \"\(entry.name.shortened())\""
      guard let type = entry.type.stored else {
        throw .invalid(
          "dtype \(entry.type.name) cannot be loaded", at: place,
          hint: "convert it first; supported: "
            + SafeTensorsType.readableNames.joined(separator: ", "))
      }
      let tensor = try bytes.withUnsafeBufferPointer { (bytes) throws(NNError) in
        let data = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[entry.bytes])
        return try type.decode(data, shape: entry.shape, bigEndian: false, at: place)
      }
      tensors.append((entry.name, tensor))
    }
  }

  /// The tensor with a name, or nil.
  public subscript(name: String) -> HostTensor? {
    tensors.first { ExactName($0.name) == ExactName(name) }?.tensor
  }

  /// Writes the file, whole or not at all; the same contents always give the same bytes.
  ///
  /// Tensors are ordered by element size, largest first, then by name, so that all are aligned.
  ///
  /// - Throws: `NNError` when two tensors share a name, a tensor is called `__metadata__`, or the
  ///   file cannot be written.
  public func write(to path: String) throws(NNError) {
    let ordered = try ordered(at: path)
    let header = Self.header(of: ordered.map { .init($0.name, $0.tensor) }, metadata)
    try AtomicFile.write(path: path) { (file) throws(NNError) in
      try file.write(header)
      for (_, tensor) in ordered {
        try tensor.withBytes { (bytes) throws(NNError) in try file.write(bytes) }
      }
    }
  }

  /// The bytes of the file that `write(to:)` writes.
  ///
  /// - Throws: `NNError` when two tensors share a name or a tensor is called `__metadata__`.
  public func encoded() throws(NNError) -> [UInt8] {
    let ordered = try ordered(at: "safetensors")
    let header = Self.header(of: ordered.map { .init($0.name, $0.tensor) }, metadata)
    return ordered.reduce(into: header) { bytes, entry in
      entry.tensor.withBytes { bytes += $0 }
    }
  }

  private func ordered(
    at place: String
  ) throws(NNError) -> [(name: String, tensor: HostTensor)] {
    var names: Set = [ExactName("__metadata__")]
    for (name, _) in tensors where !names.insert(ExactName(name)).inserted {
      throw .invalid(
        name == "__metadata__"
          ? "a tensor cannot be called \"__metadata__\""
          : "two tensors are called \"\(name)\"",
        at: place)
    }
    return tensors.sorted { left, right in
      let (a, b) = (rank(left.tensor.dtype), rank(right.tensor.dtype))
      return a == b ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : a < b
    }
  }

  /// The rank of a type in the reference implementation's order: by size, then by its list.
  private func rank(_ dtype: DType) -> Int {
    switch dtype {
    case .int64: 0
    case .float64: 1
    case .float32: 2
    case .int32: 3
    case .uint8: 4
    case .bool: 5
    }
  }

  /// What the header says about a tensor.
  struct Description {
    let name: String
    let dtype: DType
    let shape: Shape

    init(_ name: String, _ dtype: DType, _ shape: Shape) {
      (self.name, self.dtype, self.shape) = (name, dtype, shape)
    }

    init(_ name: String, _ tensor: HostTensor) { self.init(name, tensor.dtype, tensor.shape) }
  }

  /// The beginning of a file with some tensors, in their order.
  ///
  /// - Parameter byteCount: The size to which spaces extend it; by default a multiple of 8 that aligns
  ///   the first tensor.
  static func header(
    of tensors: [Description], _ metadata: [String: String], byteCount: Int? = nil
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { key, value in
        JSONValue.quoted(key) + ":" + JSONValue.quoted(value)
      }
      members.append("\"__metadata__\":{" + texts.joined(separator: ",") + "}")
    }
    var offset = 0
    for tensor in tensors {
      let type = StoredType(tensor.dtype).safeTensorsName
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      let end = offset + tensor.shape.byteCount(of: tensor.dtype)
      members.append(
        JSONValue.quoted(tensor.name)
          + ":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array(("{" + members.joined(separator: ",") + "}").utf8)
    let size = byteCount.map { $0 - 8 } ?? text.count.roundedUp(toMultipleOf: 8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: max(0, size - text.count))
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt64(text.count))
    return bytes + text
  }
}
