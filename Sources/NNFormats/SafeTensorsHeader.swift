import NNCore

/// The verified header of a safetensors file.
struct SafeTensorsHeader {
  /// One tensor: its name, type, shape and position in the file.
  struct Entry {
    let name: String
    let type: SafeTensorsType
    let shape: Shape
    /// The range of the numbers, in bytes from the beginning of the file.
    let bytes: Range<Int>
  }

  /// The largest header that the reference implementation accepts, in bytes.
  static let largestByteCount = 100_000_000

  /// The largest number of axes of a tensor.
  static let largestRank = 64

  let metadata: [String: String]
  /// The tensors, in the file's order.
  let entries: [Entry]

  /// Reads and verifies the header of an open file.
  init(of file: PositionedFile) throws(NNError) {
    let start = try file.bytes(0..<8)
    let length = start.count == 8 ? start.littleEndian(at: 0, as: UInt64.self) : 0
    let known = length <= UInt64(Self.largestByteCount) ? Int(length) : 0
    try self.init(file.bytes(0..<8 + known), fileByteCount: file.byteCount, at: file.path)
  }

  /// Reads and verifies the header of a whole file.
  init(_ bytes: [UInt8], at place: String) throws(NNError) {
    try self.init(bytes, fileByteCount: bytes.count, at: place)
  }

  /// Reads and verifies the header of a file of which some bytes, with the whole header, are known.
  private init(
    _ bytes: [UInt8], fileByteCount: Int, at place: String
  ) throws(NNError) {
    let dataStart = try SafeTensorsHeader.dataStart(bytes, at: place)
    let document = try JSONValue(parsing: bytes[8..<dataStart], at: "\(place): header")
    guard case .object(let members) = document else {
      throw .invalid("the header is not a JSON object", at: place)
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for member in members {
      if member.name == "__metadata__" {
        metadata = try SafeTensorsHeader.metadata(member.value, at: place)
      } else {
        entries.append(
          try SafeTensorsHeader.entry(
            member, dataStart: dataStart, at: "\(place): tensor \"\(member.name.shortened())\""))
      }
    }
    // Empty tensors share their offset with a neighbour; the end decides which comes first.
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name)
        < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
    var end = dataStart
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        let fault = entry.bytes.lowerBound < end ? "overlap the tensor before" : "leave a gap"
        throw .invalid(
          "data_offsets \(fault): expected to begin at \(end - dataStart), "
            + "found \(entry.bytes.lowerBound - dataStart)",
          at: "\(place): tensor \"\(entry.name.shortened())\"")
      }
      end = entry.bytes.upperBound
      guard end <= fileByteCount else {
        throw .invalid(
          "truncated: the numbers end at byte \(end), the file at \(fileByteCount)",
          at: "\(place): tensor \"\(entry.name.shortened())\"")
      }
    }
    guard end == fileByteCount else {
      throw .invalid("\(fileByteCount - end) bytes follow the last tensor", at: place)
    }
    self.metadata = metadata
    self.entries = entries
  }

  static func dataStart(_ bytes: [UInt8], at place: String) throws(NNError) -> Int {
    guard bytes.count >= 8 else {
      throw .invalid(
        "not a safetensors file: expected 8 bytes of header length, found \(bytes.count) bytes",
        at: place)
    }
    let length = bytes.littleEndian(at: 0, as: UInt64.self)
    guard length <= UInt64(largestByteCount) else {
      throw .invalid(
        "not a safetensors file: header length \(length) is beyond \(largestByteCount)", at: place)
    }
    guard 8 + Int(length) <= bytes.count else {
      throw .invalid(
        "truncated: the header takes \(length) bytes, the file has \(bytes.count - 8) after it",
        at: place)
    }
    guard length > 0 else { throw .invalid("the header is empty", at: place) }
    return 8 + Int(length)
  }

  static func metadata(
    _ value: JSONValue, at place: String
  ) throws(NNError) -> [String: String] {
    guard case .object(let members) = value else {
      throw .invalid("__metadata__ is not a JSON object", at: place)
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw .invalid("__metadata__ \"\(member.name.shortened())\" is not a text", at: place)
      }
      guard metadata.updateValue(text, forKey: member.name) == nil else {
        throw .invalid("__metadata__ has \"\(member.name.shortened())\" twice", at: place)
      }
    }
    return metadata
  }

  private static func entry(
    _ member: JSONValue.Member, dataStart: Int, at place: String
  ) throws(NNError) -> Entry {
    guard case .object(let fields) = member.value else {
      throw .invalid("expected an object with dtype, shape and data_offsets", at: place)
    }
    for field in fields where !["dtype", "shape", "data_offsets"].contains(field.name) {
      throw .invalid("unknown field \"\(field.name.shortened())\"", at: place)
    }
    guard case .string(let typeName)? = member.value["dtype"] else {
      throw .invalid("dtype is missing", at: place)
    }
    guard let type = SafeTensorsType(typeName) else {
      throw .invalid(
        "dtype \"\(typeName.shortened())\" is unknown", at: place,
        hint: "known: \(SafeTensorsType.names.joined(separator: ", "))")
    }
    let dimensions = try integers(
      member.value["shape"], "shape", count: 0...largestRank, at: place)
    let offsets = try integers(
      member.value["data_offsets"], "data_offsets", count: 2...2, at: place)
    guard offsets[0] <= offsets[1] else {
      throw .invalid("data_offsets are reversed: \(offsets)", at: place)
    }
    guard let byteCount = type.byteCount(of: dimensions), offsets[1] <= Int.max - dataStart else {
      throw .invalid("shape \(dimensions) of \(typeName) overflows", at: place)
    }
    guard byteCount == offsets[1] - offsets[0] else {
      throw .invalid(
        "shape \(dimensions) of \(typeName) takes \(byteCount) bytes, "
          + "data_offsets \(offsets) span \(offsets[1] - offsets[0])",
        at: place)
    }
    return Entry(
      name: member.name, type: type, shape: Shape(dimensions),
      bytes: dataStart + offsets[0]..<dataStart + offsets[1])
  }

  private static func integers(
    _ value: JSONValue?, _ field: String, count: ClosedRange<Int>, at place: String
  ) throws(NNError) -> [Int] {
    guard case .array(let elements)? = value else {
      throw .invalid("\(field) is missing or not a list", at: place)
    }
    guard count.contains(elements.count) else {
      throw .invalid(
        "\(field) has \(elements.count) numbers, expected "
          + (count.lowerBound == count.upperBound
            ? "\(count.lowerBound)" : "at most \(count.upperBound)"),
        at: place)
    }
    var integers: [Int] = []
    for element in elements {
      guard let integer = element.nonNegativeInteger else {
        throw .invalid("\(field) holds a value that is not an integer ≥ 0", at: place)
      }
      integers.append(integer)
    }
    return integers
  }
}
