/// A dtype of the safetensors format: one whose numbers can be read, or one of which only name and
/// size are known.
struct SafeTensorsType: Hashable, Sendable {
  /// The name in the header: `F32`, `F8_E4M3`.
  let name: String
  /// How its numbers are read; nil for types without a reader.
  let stored: StoredType?
  /// The name in listings: `float32`, `float8_e4m3`.
  let description: String
  private let bitCount: Int

  /// Types without a reader: name in listings and bits per number.
  private static let unreadable: [String: (description: String, bitCount: Int)] = [
    "F4": ("float4", 4), "F6_E2M3": ("float6_e2m3", 6), "F6_E3M2": ("float6_e3m2", 6),
    "F8_E4M3": ("float8_e4m3", 8), "F8_E5M2": ("float8_e5m2", 8), "F8_E8M0": ("float8_e8m0", 8),
    "F8_E4M3FNUZ": ("float8_e4m3fnuz", 8), "F8_E5M2FNUZ": ("float8_e5m2fnuz", 8),
    "C64": ("complex64", 64),
  ]
  private static let readable = Dictionary(
    uniqueKeysWithValues: StoredType.allCases.map {
      ($0.safeTensorsName, (stored: $0, description: "\($0)"))
    })

  /// All names, sorted.
  static var names: [String] { (Array(readable.keys) + Array(unreadable.keys)).sorted() }
  /// The names of the types whose numbers can be read, sorted.
  static var readableNames: [String] { readable.keys.sorted() }

  /// The type with a name; nil when the format has no such type.
  init?(_ name: String) {
    self.name = name
    if let known = Self.readable[name] {
      (stored, description) = known
      bitCount = 8 * known.stored.byteCount
    } else if let known = Self.unreadable[name] {
      stored = nil
      (description, bitCount) = known
    } else {
      return nil
    }
  }

  /// The bytes that numbers of a shape take, or nil on overflow and where they end within a byte.
  func byteCount(of dimensions: [Int]) -> Int? {
    if let stored { return stored.byteCount(of: dimensions) }
    // Eight numbers are whole bytes.
    guard let octets = StoredType.uint8.byteCount(of: [bitCount] + dimensions),
      octets.isMultiple(of: 8)
    else { return nil }
    return octets / 8
  }
}

extension StoredType {
  /// The name of the type in the header.
  var safeTensorsName: String {
    switch self {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int8: "I8"
    case .uint16: "U16"
    case .int16: "I16"
    case .uint32: "U32"
    case .int32: "I32"
    case .uint64: "U64"
    case .int64: "I64"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float32: "F32"
    case .float64: "F64"
    }
  }
}
