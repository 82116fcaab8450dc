import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("IDX")
struct IDXTests {
  @Test(arguments: [
    ("u1.idx", DType.uint8), ("i1.idx", .int32), ("i2.idx", .int32), ("i4.idx", .int32),
    ("f4.idx", .float32), ("f8.idx", .float64), ("u1.idx.gz", .uint8), ("members.idx.gz", .uint8),
  ])
  func readsEveryType(file: String, dtype: DType) throws {
    #expect(try IDX.read(fixture(file)) == ramp([2, 3], dtype))
    let header = try IDX.header(fixture(file))
    #expect(header.dtype == dtype)
    #expect(header.shape == [2, 3])
  }

  static func file(type: UInt8, extents: [UInt32], data: Int) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, type, UInt8(extents.count)]
    for extent in extents {
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: extent >> shift)) }
    }
    return bytes + [UInt8](repeating: 1, count: data)
  }

  static let damaged: [([UInt8], String)] = [
    ([1, 0, 8, 1, 0, 0, 0, 0], "expected two zero bytes at the start, found 1 0"),
    (file(type: 10, extents: [1], data: 1), "type byte 10 is none of"),
    (file(type: 8, extents: [], data: 1), "expected 1 to 8 axes, found 0"),
    ([0, 0, 8, 255] + [UInt8](repeating: 0, count: 1020), "expected 1 to 8 axes, found 255"),
    (file(type: 8, extents: [1 << 31], data: 1), "axis 0 has extent 2147483648"),
    (file(type: 8, extents: [1 << 30, 1 << 30, 1 << 30], data: 1), "overflow"),
    (file(type: 8, extents: [1 << 30], data: 1), "more than the file can hold"),
    (file(type: 8, extents: [3, 3], data: 8), "truncated: expected 9 bytes of data for [3, 3]"),
    (file(type: 13, extents: [3], data: 11), "truncated: expected 12 bytes"),
    (file(type: 8, extents: [3, 3], data: 10), "more bytes than its header declares"),
    (file(type: 13, extents: [3], data: 13), "more bytes than its header declares"),
    ([0, 0, 8, 2, 0, 0], "truncated: expected 8 bytes of axis extents, found 2"),
    ([0], "truncated: expected 4 bytes of header, found 1"), ([], "truncated"),
  ]

  @Test(arguments: damaged)
  func refusesDamagedFiles(bytes: [UInt8], message: String) {
    expectError("a.idx: ", message) { _ = try IDX.decode(bytes, at: "a.idx") }
    expectError("a.gz: ", message) { _ = try IDX.decode(Gzip.deflate(bytes), at: "a.gz") }
  }

  @Test func takesAnEmptyAxis() throws {
    let tensor = try IDX.decode(Self.file(type: 8, extents: [0, 28, 28], data: 0), at: "a")
    #expect(tensor.shape == [0, 28, 28])
  }

  @Test func refusesEveryTruncationOfACompressedFile() throws {
    let whole = try FileBytes.read(fixture("u1.idx.gz"))
    for count in 2..<whole.count {
      expectError("a.gz: truncated") { _ = try IDX.decode(Array(whole[..<count]), at: "a.gz") }
    }
  }

  @Test func refusesAWrongChecksum() throws {
    var damaged = try FileBytes.read(fixture("u1.idx.gz"))
    damaged[damaged.count - 5] ^= 1
    expectError("a.gz: damaged gzip data: incorrect data check") {
      _ = try IDX.decode(damaged, at: "a.gz")
    }
  }

  @Test func stopsInflatingWhereTheHeaderSaysTheEndIs() {
    let bomb = Gzip.deflate(Self.file(type: 8, extents: [10], data: 10_000_000))
    expectError("a.gz: holds more bytes than its header declares") {
      _ = try IDX.decode(bomb, at: "a.gz")
    }
  }
}
