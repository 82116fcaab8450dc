import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("safetensors")
struct SafeTensorsTests {
  static let types: [(name: String, tensor: HostTensor)] = [
    ("weight", ramp([2, 3], .float32)), ("bias", ramp([3], .float64)),
    ("labels", ramp([5], .int32)), ("tokens", ramp([2, 2], .int64)),
    ("pixels", ramp([3], .uint8)), ("mask", ramp([4], .bool)), ("scalar", ramp([], .float32)),
    ("empty", ramp([0, 4], .float32)),
  ]

  @Test func readsWhatTheReferenceWrote() throws {
    let file = try SafeTensorsFile(contentsOf: fixture("types.safetensors"))
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensors.count == Self.types.count)
    for (name, tensor) in Self.types { #expect(file[name] == tensor, "\(name)") }
    #expect(file["nothing"] == nil)
  }

  @Test func writesTheBytesThatTheReferenceWrites() throws {
    let bytes = try FileBytes.read(fixture("types.safetensors"))
    for tensors in [Self.types, Self.types.reversed()] {
      let file = SafeTensorsFile(tensors: tensors, metadata: ["format": "pt"])
      #expect(try file.encoded() == bytes)
      try withTemporaryFolder { folder in
        try file.write(to: folder + "/a.safetensors")
        #expect(try FileBytes.read(folder + "/a.safetensors") == bytes)
      }
    }
    #expect(
      try SafeTensorsFile().encoded() == FileBytes.read(fixture("nothing.safetensors")))
  }

  @Test func convertsOtherTypes() throws {
    let file = try SafeTensorsFile(contentsOf: fixture("converted.safetensors"))
    #expect(file["half"] == ramp([3], .float32))
    #expect(file["i8"] == ramp([3], .int32))
    #expect(file["i16"] == ramp([3], .int32))
    #expect(file["u16"] == ramp([3], .int32, unsigned: true))
    #expect(file["u32"] == ramp([3], .int64, unsigned: true))
    #expect(file["u64"] == ramp([3], .int64, unsigned: true))
    // 1.5, −2, +∞ and the smallest number: the upper halves of float32.
    let bfloats = Self.file(
      Self.entry("a", "BF16", "[4]", 0, 8), data: [0xC0, 0x3F, 0, 0xC0, 0x80, 0x7F, 1, 0])
    #expect(
      try SafeTensorsFile(bfloats, at: "a")["a"]
        == HostTensor([Float(1.5), -2, .infinity, 0x1p-133]))
  }

  @Test func keepsTextsWithEveryCharacter() throws {
    let metadata = [
      "a": "\"quoted\" \\ / \n\r\t\u{8}\u{C}\u{1}\u{1F}", "é": "🎈 ü", "": "",
    ]
    let bytes = try SafeTensorsFile(metadata: metadata).encoded()
    #expect(try SafeTensorsFile(bytes, at: "a").metadata == metadata)
  }

  /// A file with a header text and data.
  static func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
    file(Array(header.utf8), data: data)
  }

  static func file(_ header: [UInt8], data: [UInt8] = []) -> [UInt8] {
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    bytes += header
    return bytes + data
  }

  static func entry(
    _ name: String, _ dtype: String, _ shape: String, _ begin: Int, _ end: Int
  ) -> String {
    """
    {"\(name)":{"dtype":"\(dtype)","shape":\(shape),"data_offsets":[\(begin),\(end)]}}
    """
  }

  /// Several tensors U8 [4] named a, b, … at the given offsets, and 8 bytes of data.
  static func tensors(_ offsets: [(Int, Int)], data: Int = 8) -> [UInt8] {
    let entries = zip("abcdef", offsets).map { name, offset in
      entry("\(name)", "U8", "[\(abs(offset.1 - offset.0))]", offset.0, offset.1)
        .dropFirst().dropLast()
    }
    return file(
      "{" + entries.joined(separator: ",") + "}", data: [UInt8](repeating: 0, count: data))
  }

  static let legal: [([UInt8], Int)] = [
    (file("{}"), 0), (file("  {}  \n"), 0), (file("{\"__metadata__\":{}}"), 0),
    (file(entry("a", "F32", "[]", 0, 4), data: [0, 0, 0, 0]), 1),
    (file(entry("a", "F32", "[3,0]", 0, 0)), 1),
    (tensors([(4, 8), (0, 4)]), 2), (tensors([(0, 4), (4, 4), (4, 8)]), 3),
    (tensors([(0, 0), (0, 8), (8, 8)]), 3),
    (file(entry("a", "F32", "[1]", 0, 4) + "   ", data: [0, 0, 0, 0]), 1),
    (file(#"{"\u0061\ud83c\udf88":{"data_offsets":[0,0],"shape":[0],"dtype":"U8"}}"#), 1),
  ]

  @Test(arguments: legal)
  func readsEveryLegalLayout(bytes: [UInt8], count: Int) throws {
    #expect(try SafeTensorsFile(bytes, at: "a").tensors.count == count)
  }

  static let damaged: [([UInt8], String)] = [
    ([], "not a safetensors file: expected 8 bytes of header length, found 0"),
    ([1, 2, 3, 4, 5, 6, 7], "found 7 bytes"),
    ([200, 0, 0, 0, 0, 0, 0, 0, 123, 125], "truncated: the header takes 200 bytes"),
    ([UInt8](repeating: 255, count: 8) + [123, 125], "header length 18446744073709551615"),
    ([0, 0, 0, 0, 0, 0, 0, 0, 123, 125], "the header is empty"),
    ([1, 225, 245, 5, 0, 0, 0, 0, 123, 125], "header length 100000001 is beyond"),
    (file([0x7B, 0x22, 0xFF, 0x22, 0x7D]), "header: not UTF-8"),
    (file("[]"), "not a JSON object"), (file("3"), "not a JSON object"),
    (file("{} x"), "header: expected the end at byte 3, found \"x\""),
    (file("{"), "expected a name in quotes at byte 1, found the end"),
    (file("{\"a\" 1}"), "expected \":\""), (file("{\"a\":01}"), "expected \",\" or \"}\""),
    (file("{\"a\":1.}"), "expected a digit"), (file("{\"a\":nul}"), "expected a value"),
    (file("{\"a\":\"\\ud83c\"}"), "a whole character"), (file("{\"a\":\"\\x\"}"), "after \\"),
    (file("{\"a\":\"\\u+123\"}"), "four hexadecimal digits"), (file("{\"a"), "end of a string"),
    (file("{\"a\":\"\n\"}"), "no control character"),
    (file(String(repeating: "[", count: 100_000)), "at most 64 levels"),
    (file("{\"__metadata__\":[]}"), "__metadata__ is not a JSON object"),
    (file("{\"__metadata__\":{\"a\":1}}"), "__metadata__ \"a\" is not a text"),
    (file("{\"w\":1}"), "tensor \"w\": expected an object"),
    (file("{\"w\":{},\"w\":{}}"), "\"w\" appears twice"),
    (
      file("{" + (0..<20).map { "\"w\($0)\":{}," }.joined() + "\"w11\":{}}"),
      "\"w11\" appears twice"
    ),
    (file("{\"w\":{\"shape\":[],\"data_offsets\":[0,0]}}"), "\"w\": dtype is missing"),
    (file(entry("w", "F8_E4M3", "[1]", 0, 1), data: [0]), "\"w\": dtype F8_E4M3 cannot be loaded"),
    (file("{\"w\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}"), "\"w\": shape is missing"),
    (file("{\"w\":{\"dtype\":\"U8\",\"shape\":[0]}}"), "\"w\": data_offsets is missing"),
    (file("{\"w\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}"), "has 1 numbers"),
    (file("{\"w\":{\"dtype\":\"U8\",\"x\":1}}"), "\"w\": unknown field \"x\""),
    (file(entry("w", "U8", "[1.0]", 0, 1), data: [0]), "\"w\": shape holds a value"),
    (file(entry("w", "U8", "[-1]", 0, 1), data: [0]), "\"w\": shape holds a value"),
    (file(entry("w", "U8", "[1e0]", 0, 1), data: [0]), "\"w\": shape holds a value"),
    (file(entry("w", "U8", "[\"1\"]", 0, 1), data: [0]), "\"w\": shape holds a value"),
    (file(entry("w", "U8", "[18446744073709551616]", 0, 1), data: [0]), "\"w\": shape holds"),
    (
      file(entry("w", "F32", "[4294967296,4294967296]", 0, 0)),
      "\"w\": shape [4294967296, 4294967296] of F32 overflows"
    ),
    (file(entry("w", "F32", "[0,4294967296,4294967296]", 0, 0)), "overflows"),
    (file(entry("w", "F32", "[2]", 0, 4), data: [0, 0, 0, 0]), "takes 8 bytes, data_offsets"),
    (file(entry("w", "U8", "[9223372036854775807]", 0, Int.max)), "overflows"),
    (tensors([(4, 0)]), "\"a\": data_offsets are reversed: [4, 0]"),
    (tensors([(0, 4), (2, 8)]), "\"b\": data_offsets overlap"),
    (tensors([(0, 3), (4, 8)]), "\"b\": data_offsets leave a gap: expected to begin at 3"),
    (tensors([(1, 8)]), "\"a\": data_offsets leave a gap"),
    (tensors([(0, 4)]), "4 bytes follow the last tensor"),
    (tensors([(0, 4), (4, 8)], data: 7), "\"b\": truncated"),
  ]

  @Test(arguments: damaged)
  func refusesEverythingElse(bytes: [UInt8], message: String) {
    expectError("m.safetensors", message) { _ = try SafeTensorsFile(bytes, at: "m.safetensors") }
  }

  @Test func refusesEveryTruncation() throws {
    let whole = try FileBytes.read(fixture("types.safetensors"))
    for count in 0..<whole.count {
      expectError("a: ") { _ = try SafeTensorsFile(Array(whole[..<count]), at: "a") }
    }
  }

  @Test func refusesToWriteUnreadableNames() {
    let tensor = HostTensor([Float(1)])
    expectError("/nowhere/a: two tensors are called \"w\"") {
      try SafeTensorsFile(tensors: [("w", tensor), ("w", tensor)]).write(to: "/nowhere/a")
    }
    expectError("cannot be called \"__metadata__\"") {
      _ = try SafeTensorsFile(tensors: [("__metadata__", tensor)]).encoded()
    }
  }
}
