import NNCore

/// The header of an NPY file: a magic word, a version, and a Python dictionary with three keys.
struct NPYHeader {
  /// The longest dictionary that NumPy itself accepts, in bytes.
  static let largestByteCount = 10_000
  /// The largest position at which numbers begin in a file, in bytes.
  static let largestFileByteCount = largestByteCount + 12
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let type: StoredType
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let dimensions: [Int]
  /// Where the numbers begin.
  let dataStart: Int

  init(_ bytes: [UInt8], at place: String) throws(NNError) {
    guard bytes.starts(with: NPYHeader.magic) else {
      throw .invalid("not an NPY file: it does not begin with \\x93NUMPY", at: place)
    }
    guard bytes.count >= 10 else { throw .invalid("truncated in the header", at: place) }
    let lengthBytes: Int
    switch (bytes[6], bytes[7]) {
    case (1, 0): lengthBytes = 2
    case (2, 0), (3, 0): lengthBytes = 4
    default:
      throw .invalid(
        "NPY version \(bytes[6]).\(bytes[7]) is not 1.0, 2.0 or 3.0", at: place)
    }
    guard bytes.count >= 8 + lengthBytes else {
      throw .invalid("truncated in the header", at: place)
    }
    let length =
      lengthBytes == 2
      ? Int(bytes.littleEndian(at: 8, as: UInt16.self))
      : Int(bytes.littleEndian(at: 8, as: UInt32.self))
    guard length <= NPYHeader.largestByteCount else {
      throw .invalid(
        "the header takes \(length) bytes, more than \(NPYHeader.largestByteCount)", at: place)
    }
    let start = 8 + lengthBytes
    guard bytes.count >= start + length else {
      throw .invalid("truncated in the header", at: place)
    }
    dataStart = start + length
    var fields: PythonLiteralParser.Fields = [:]
    do throws(NNError) {
      var parser = PythonLiteralParser(text: Array(bytes[start..<dataStart]))
      fields = try parser.dictionary()
    } catch { throw error.at(place) }
    for key in ["descr", "fortran_order", "shape"] where fields[key] == nil {
      throw .invalid("the header lacks '\(key)'", at: place)
    }
    for key in fields.keys.sorted() where !["descr", "fortran_order", "shape"].contains(key) {
      throw .invalid("the header has an unknown key '\(key)'", at: place)
    }
    guard case .boolean(let fortran)? = fields["fortran_order"] else {
      throw .invalid("fortran_order is neither True nor False", at: place)
    }
    guard case .tuple(let dimensions)? = fields["shape"] else {
      throw .invalid("shape is not a tuple of integers ≥ 0", at: place)
    }
    guard dimensions.count <= 32 else {
      throw .invalid("shape has \(dimensions.count) axes, more than 32", at: place)
    }
    guard case .string(let description)? = fields["descr"] else {
      throw .invalid("descr is not a text; structured arrays are not supported", at: place)
    }
    (type, isBigEndian) = try NPYHeader.type(description, at: place)
    isFortranOrder = fortran
    self.dimensions = dimensions
  }

  /// Throws unless a file of that many bytes, header included, holds exactly the shape's numbers.
  func check(fileByteCount: Int, at place: String) throws(NNError) {
    guard let byteCount = type.byteCount(of: dimensions) else {
      throw .invalid("shape \(dimensions) overflows", at: place)
    }
    let found = fileByteCount - dataStart
    guard found == byteCount else {
      throw .invalid(
        found < byteCount
          ? "truncated: shape \(dimensions) takes \(byteCount) bytes, found \(found)"
          : "\(found - byteCount) bytes follow the data",
        at: place)
    }
  }

  /// The header for a tensor, padded with spaces to a multiple of 64 bytes as NumPy does.
  static func encoded(for tensor: HostTensor) -> [UInt8] {
    let type =
      switch tensor.dtype {
      case .float32: "<f4"
      case .float64: "<f8"
      case .int32: "<i4"
      case .int64: "<i8"
      case .uint8: "|u1"
      case .bool: "|b1"
      }
    let extents = tensor.shape.dimensions
    let shape =
      extents.count == 1
      ? "(\(extents[0]),)" : "(" + extents.map(String.init).joined(separator: ", ") + ")"
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    // NumPy leaves room for the first extent to grow to 21 digits when a file is appended to.
    if let first = extents.first {
      text += String(repeating: " ", count: 21 - String(first).count)
    }
    // At least one space, and with the line feed a multiple of 64 bytes.
    let total = (10 + text.utf8.count + 2).roundedUp(toMultipleOf: 64)
    text += String(repeating: " ", count: total - 10 - text.utf8.count - 1) + "\n"
    var bytes = magic + [1, 0]
    bytes.appendLittleEndian(UInt16(text.utf8.count))
    return bytes + Array(text.utf8)
  }

  private static func type(
    _ description: String, at place: String
  ) throws(NNError) -> (StoredType, bigEndian: Bool) {
    let types: [String: StoredType] = [
      "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
      "i4": .int32, "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
    ]
    let hasOrder = description.first.map { "<>=|".contains($0) } ?? false
    let code = String(hasOrder ? description.dropFirst() : description[...])
    if let type = types[code] { return (type, description.first == ">") }
    switch code.first {
    case "O":
      throw .invalid(
        "holds Python objects (dtype object), which only Python can read", at: place,
        hint: "save an array of numbers: numpy.asarray(x, dtype=numpy.float32)")
    case "U", "S", "a":
      throw .invalid(
        "holds text (dtype \(description)), expected numbers", at: place,
        hint: "map class names to numbers: numpy.unique(x, return_inverse=True)")
    default:
      throw .invalid(
        "dtype '\(description)' is not supported", at: place,
        hint: "supported: bool, int8 to int64, uint8 to uint64, float16 to float64")
    }
  }
}
