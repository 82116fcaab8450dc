import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("NPY")
struct NPYTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let expected: HostTensor
    var testDescription: String { file }

    init(_ file: String, _ shape: Shape, _ dtype: DType, unsigned: Bool = false) {
      self.file = file
      expected = ramp(shape, dtype, unsigned: unsigned)
    }
  }

  @Test(arguments: [
    Case("b1_any", [2, 3], .bool),
    Case("u1_any", [2, 3], .uint8),
    Case("i1_any", [2, 3], .int32),
    Case("u2_little", [2, 3], .int32, unsigned: true),
    Case("u2_big", [2, 3], .int32, unsigned: true),
    Case("i2_little", [2, 3], .int32),
    Case("i2_big", [2, 3], .int32),
    Case("u4_little", [2, 3], .int64, unsigned: true),
    Case("u4_big", [2, 3], .int64, unsigned: true),
    Case("i4_little", [2, 3], .int32),
    Case("i4_big", [2, 3], .int32),
    Case("u8_little", [2, 3], .int64, unsigned: true),
    Case("u8_big", [2, 3], .int64, unsigned: true),
    Case("i8_little", [2, 3], .int64),
    Case("i8_big", [2, 3], .int64),
    Case("f2_little", [2, 3], .float32),
    Case("f2_big", [2, 3], .float32),
    Case("f4_little", [2, 3], .float32),
    Case("f4_big", [2, 3], .float32),
    Case("f8_little", [2, 3], .float64),
    Case("f8_big", [2, 3], .float64),
    Case("fortran", [2, 3, 5], .float32),
    Case("fortran_big", [3, 4], .int32),
    Case("scalar", [], .float64),
    Case("empty", [3, 0, 2], .float32),
    Case("vector", [7], .int64),
    Case("version2", [2, 3], .float32),
    Case("version3", [2, 3], .float32),
  ])
  func readsWhatNumPyWrote(example: Case) throws {
    #expect(try NPY.read(fixture(example.file + ".npy")) == example.expected)
  }

  @Test func widensEveryHalfPrecisionNumber() throws {
    let widened = try NPY.read(fixture("half.npy"))
    #expect(try widened == NPY.read(fixture("half_as_single.npy")))
    #expect(widened.elementCount == 250)
  }

  @Test(arguments: [
    Case("b1_any", [2, 3], .bool), Case("u1_any", [2, 3], .uint8),
    Case("i4_little", [2, 3], .int32), Case("i8_little", [2, 3], .int64),
    Case("f4_little", [2, 3], .float32), Case("f8_little", [2, 3], .float64),
    Case("scalar", [], .float64), Case("empty", [3, 0, 2], .float32),
    Case("vector", [7], .int64),
  ])
  func writesTheBytesThatNumPyWrites(example: Case) throws {
    let bytes = try FileBytes.read(fixture(example.file + ".npy"))
    #expect(NPY.encode(example.expected) == bytes)
    try withTemporaryFolder { folder in
      try NPY.write(example.expected, to: folder + "/a.npy")
      #expect(try FileBytes.read(folder + "/a.npy") == bytes)
    }
  }

  @Test func keepsNaNsInfinitiesAndNegativeZero() throws {
    let tensor = HostTensor([Float.nan, .infinity, -.infinity, -0.0, 0x1p-149])
    #expect(try NPY.decode(NPY.encode(tensor), at: "a") == tensor)
  }

  @Test(arguments: [
    ("objects", "holds Python objects (dtype object)"), ("text", "holds text (dtype <U2)"),
    ("complex", "dtype '<c16' is not supported"), ("structured", "structured arrays"),
  ])
  func refusesOtherThanNumbers(file: String, message: String) {
    expectError("\(file).npy: ", message) { _ = try NPY.read(fixture(file + ".npy")) }
  }

  /// A file with a given header text.
  static func file(_ header: String, version: (UInt8, UInt8) = (1, 0), data: Int = 0) -> [UInt8] {
    let length = UInt16(header.utf8.count)
    var bytes: [UInt8] = [0x93]
    bytes += "NUMPY".utf8
    bytes += [version.0, version.1, UInt8(length & 255), UInt8(length >> 8)]
    if version.0 > 1 { bytes += [0, 0] }
    bytes += header.utf8
    return bytes + [UInt8](repeating: 0, count: data)
  }

  static let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"

  @Test(arguments: [
    good, "{\"shape\": (2L,), 'fortran_order': True,\"descr\":'<f4'}  \n",
    "{'descr': 'f4', 'fortran_order': False, 'shape': (2 , 1)}",
    "{'descr': '=f4', 'fortran_order': False, 'shape': ( 1,2,), }",
  ])
  func readsEveryLegalSpelling(header: String) throws {
    #expect(try NPY.decode(Self.file(header, data: 8), at: "a").elementCount == 2)
  }

  /// The good header with another shape.
  static func shape(_ text: String) -> String { good.replacing("(2,)", with: text) }

  static let damagedHeaders: [(String, String)] = [
    (shape("[2]"), "shape is not a tuple"),
    (shape("(2)"), "shape is not a tuple"),
    (shape("(-2,)"), "shape is not a tuple"),
    (shape("(2.0,)"), "expected \",\" or \")\""),
    (shape("(1000000000000, 1000000000000)"), "overflows"),
    (shape("(0, 9223372036854775807)"), "overflows"),
    (shape("(1000000000000,)"), "truncated: shape"),
    (shape("(1,)"), "4 bytes follow the data"),
    (shape("(3,)"), "takes 12 bytes, found 8"),
    (good.replacing("False", with: "0"), "expected a value"),
    (good.replacing("False", with: "'no'"), "neither True nor False"),
    (good.replacing("'shape': (2,), ", with: ""), "lacks 'shape'"),
    (good.replacing("'shape'", with: "'more': True, 'shape'"), "unknown key 'more'"),
    (good.replacing("'shape'", with: "'descr': '<f4', 'shape'"), "has 'descr' twice"),
    (good.replacing("'<f4'", with: "[('a', '<f4')]"), "structured arrays"),
    (good.replacing("'<f4'", with: "'|O'"), "dtype object"),
    (good.replacing("'<f4'", with: "''"), "dtype '' is not supported"),
    (good + " more", "expected the end"), ("[1, 2]", "no Python dictionary"),
    (String(good.dropLast()), "expected"), ("", "expected \"{\" at byte 0"),
    (good + String(repeating: " ", count: 10_000), "more than 10000"),
  ]

  @Test(arguments: damagedHeaders)
  func refusesEveryOtherHeader(header: String, message: String) {
    expectError("a.npy: ", message) {
      _ = try NPY.decode(Self.file(header, data: 8), at: "a.npy")
    }
  }

  @Test func refusesOtherVersionsAndMagic() {
    expectError("a.npy: NPY version 9.9 is not") {
      _ = try NPY.decode(Self.file(Self.good, version: (9, 9), data: 8), at: "a.npy")
    }
    expectError("a.npy: not an NPY file") { _ = try NPY.decode([1, 2, 3], at: "a.npy") }
    expectError("a.npy: not an NPY file") { _ = try NPY.decode([], at: "a.npy") }
  }

  @Test(arguments: ["f4_little", "version2"])
  func refusesEveryTruncation(file: String) throws {
    let whole = try FileBytes.read(fixture(file + ".npy"))
    for count in 6..<whole.count {
      expectError("a.npy: truncated") { _ = try NPY.decode(Array(whole[..<count]), at: "a.npy") }
    }
  }

  @Test func refusesUnsignedNumbersAboveInt64() throws {
    var bytes = try FileBytes.read(fixture("u8_little.npy"))
    bytes[bytes.count - 1] = 0x80
    expectError("a.npy: holds an unsigned 64-bit number above 2^63 - 1") {
      _ = try NPY.decode(bytes, at: "a.npy")
    }
  }
}

extension String {
  /// The text with one part replaced wherever it occurs.
  func replacing(_ part: String, with other: String) -> String {
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      result += rest[..<range.lowerBound] + other
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
