import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("files made to exhaust memory or time")
struct HostileFileTests {
  private func file(_ header: String, data: Int = 0) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  @Test("a shape of millions of axes")
  func manyAxes() {
    let axes = Array(repeating: "1", count: 1_000_000).joined(separator: ",")
    let bytes = file(
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[\(axes)],\"data_offsets\":[0,4]}}", data: 4)
    let error = #expect(throws: NNError.self) { _ = try SafeTensorsFile(bytes, at: "m") }
    #expect(
      error?.description
        == "m: tensor \"a\": shape has 1000000 numbers, expected at most 64")
  }

  @Test("a header of millions of numbers")
  func manyNumbers() {
    let numbers = Array(repeating: "1", count: 4_000_001).joined(separator: ",")
    expectError("m: header: more than 4000000 values") {
      _ = try SafeTensorsFile(file("{\"a\":[\(numbers)]}"), at: "m")
    }
  }

  @Test("time grows with the number of tensors, not with its square")
  func manyTensors() throws {
    func seconds(_ count: Int) throws -> Double {
      let entries = (0..<count).map { index in
        "\"t\(index)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\(index),\(index + 1)]}"
      }
      let bytes = file("{\(entries.joined(separator: ","))}", data: count)
      var read = 0
      let duration = try processorSeconds {
        read = try SafeTensorsFile(bytes, at: "m").tensors.count
      }
      #expect(read == count)
      return duration
    }
    let few = try (0..<3).map { _ in try seconds(2000) }.min() ?? 0
    #expect(try seconds(20_000) < 40 * few)
  }

  @Test("a name of a megabyte is cut in messages")
  func longName() {
    let name = String(repeating: "n", count: 1 << 20)
    let error = #expect(throws: NNError.self) {
      _ = try SafeTensorsFile(file("{\"\(name)\":{\"dtype\":\"F32\"}}"), at: "m")
    }
    #expect((error?.description.utf8.count ?? 0) < 300)
  }

  @Test("names are bytes: those that differ in normalisation are two")
  func normalisation() throws {
    let names = ["\u{E9}", "e\u{301}"]
    let bytes = try SafeTensorsFile(
      tensors: names.enumerated().map { ($1, HostTensor(scalar: Int64($0))) }
    ).encoded()
    let read = try SafeTensorsFile(bytes, at: "m")
    #expect(read.tensors.count == 2)
    for (number, name) in names.enumerated() {
      #expect(read[name]?.scalars(as: Int64.self) == [Int64(number)])
    }
    let folder = try TemporaryFolder()
    let path = folder.path("a.npz")
    try NPZ.write(names.enumerated().map { ($1, HostTensor(scalar: Int64($0))) }, to: path)
    for (number, name) in names.enumerated() {
      #expect(try NPZ.read(name, from: path).scalars(as: Int64.self) == [Int64(number)])
    }
  }

  @Test("types that tensors lack are listed, and refused by name when loaded")
  func otherTypes() throws {
    let folder = try TemporaryFolder()
    let header = """
      {"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},\
      "b":{"dtype":"F8_E5M2","shape":[2],"data_offsets":[3,5]},\
      "c":{"dtype":"C64","shape":[2],"data_offsets":[5,21]},\
      "d":{"dtype":"F4","shape":[2,3],"data_offsets":[21,24]}}
      """
    let bytes = file(header, data: 24)
    let path = folder.path("m.safetensors")
    try AtomicFile.write(path: path, bytes)
    let listed = try FileContents(path).arrays
    #expect(listed.map(\.storedType) == ["float8_e4m3", "float8_e5m2", "complex64", "float4"])
    #expect(listed.map(\.byteCount) == [3, 2, 16, 3])
    expectError("m: tensor \"a\": dtype F8_E4M3 cannot be loaded", "supported: BF16, BOOL") {
      _ = try SafeTensorsFile(bytes, at: "m")
    }
    expectError("dtype \"F9\" is unknown", "F8_E4M3") {
      _ = try SafeTensorsFile(
        file("{\"a\":{\"dtype\":\"F9\",\"shape\":[],\"data_offsets\":[0,1]}}", data: 1), at: "m")
    }
    // Half a byte is none.
    expectError("shape [3] of F4 overflows") {
      _ = try SafeTensorsFile(
        file("{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", data: 2), at: "m")
    }
  }

  @Test("an NPZ entry larger than its array is refused before it is inflated")
  func largeEntry() throws {
    // 64 MiB of zeros after the header of one number, in 64 KiB.
    let folder = try TemporaryFolder()
    let path = folder.path("a.npz")
    try NPZ.write(
      [("x", HostTensor(zeros: [1 << 26], dtype: .uint8))], to: path, compression: .deflated)
    var bytes = try FileBytes.read(path)
    #expect(bytes.count < 1 << 18)
    // The archive declares another size for the entry than its array needs.
    for index in 0..<bytes.count - 4 where bytes[index...].starts(with: Array("PK\u{1}\u{2}".utf8))
    {
      bytes[index + 27] = 0x02
    }
    expectError("a: array \"x\": truncated: shape [67108864] takes 67108864 bytes, found") {
      _ = try NPZ.decode(bytes, at: "a")
    }
  }

  @Test("devices are no files", arguments: ["/dev/zero", "/dev/null"])
  func devices(path: String) {
    expectError("\(path): is a device; expected a file") { _ = try FileBytes.read(path) }
  }

  @Test("a limit holds for files and for pipes")
  func limit() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    try AtomicFile.write(path: path, [UInt8](repeating: 0, count: 3000))
    #expect(try FileBytes.read(path, limit: 3000).count == 3000)
    expectError("\(path): expected at most 2.0 KiB, found 2.9 KiB or more") {
      _ = try FileBytes.read(path, limit: 2048)
    }
  }
}
