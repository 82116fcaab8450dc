import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("gzip and CRC-32")
struct GzipTests {
  @Test func knowsTheCheckValueOfTheStandard() {
    #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.checksum([]) == 0)
  }

  @Test func continuesAChecksum() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let whole = CRC32.checksum(bytes)
    for border in [0, 1, 500, 1000] {
      let first = CRC32.checksum(Array(bytes[..<border]))
      let both = bytes[border...].withUnsafeBytes { CRC32.checksum($0, continuing: first) }
      #expect(both == whole)
    }
  }

  @Test(arguments: [0, 1, 70_000, 1_000_003])
  func inflatesWhatItDeflated(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 5) }
    let compressed = Gzip.deflate(bytes)
    #expect(Gzip.isCompressed(compressed))
    #expect(try Gzip.inflate(compressed, limit: count, at: "a.gz") == bytes)
  }

  @Test func readsMembersInARow() throws {
    let bytes = Gzip.deflate([1, 2]) + Gzip.deflate([]) + Gzip.deflate([3]) + [0, 0, 0]
    #expect(try Gzip.inflate(bytes, limit: 3, at: "a.gz") == [1, 2, 3])
  }

  @Test func refusesEveryTruncation() {
    let whole = Gzip.deflate(Array("a text that is compressed".utf8))
    for count in 2..<whole.count {
      expectError("a.gz: truncated") {
        _ = try Gzip.inflate(Array(whole[..<count]), limit: 1000, at: "a.gz")
      }
    }
  }

  @Test func refusesAWrongChecksumAndLength() {
    let whole = Gzip.deflate([1, 2, 3, 4])
    for offset in 1...8 {
      var damaged = whole
      damaged[whole.count - offset] ^= 1
      expectError("a.gz: damaged gzip data: incorrect") {
        _ = try Gzip.inflate(damaged, limit: 1000, at: "a.gz")
      }
    }
  }

  @Test func refusesBombs() {
    let bomb = Gzip.deflate([UInt8](repeating: 0, count: 10_000_000))
    #expect(bomb.count < 20_000)
    expectError("a.gz: inflates to more than the 1000 bytes expected") {
      _ = try Gzip.inflate(bomb, limit: 1000, at: "a.gz")
    }
  }

  @Test func refusesOtherBytes() {
    expectError("a.gz: expected a gzip file") {
      _ = try Gzip.inflate([1, 2, 3], limit: 10, at: "a.gz")
    }
    expectError("a.gz: 2 bytes of other data follow") {
      _ = try Gzip.inflate(Gzip.deflate([1]) + [7, 7], limit: 10, at: "a.gz")
    }
  }
}
