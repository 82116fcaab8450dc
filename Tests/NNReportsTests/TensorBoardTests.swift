import NNReports
import NNTestSupport
import Testing

/// Expected bytes are those of TensorBoard's own messages and record writer.
@Suite struct TensorBoardTests {
  /// RFC 3720, B.4, and the usual check value.
  @Test func checksums() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(0..<32) == 0x46DD_794E)
    #expect(CRC32C.checksum((0..<32).reversed()) == 0x113F_DB5C)
    #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
    #expect(CRC32C.checksum([]) == 0)
  }

  @Test func record() {
    let data: [UInt8] = bytes(
      "09000000000000f83f10072a160a0a0a03612f62150000803e0a080a017a1500000000")
    #expect(
      hexadecimal(RecordFraming.framed(data))
        == "2300000000000000b09f774309000000000000f83f10072a160a0a0a03612f62150000803e0a080a017a"
        + "1500000000cc672a08")
  }

  /// The examples of the format's description.
  @Test func wireFormat() {
    func written(_ fill: (inout ProtocolBuffer) -> Void) -> String {
      hexadecimal(ProtocolBuffer.message(fill).bytes)
    }
    #expect(written { $0.add(Int64(150), field: 1) } == "089601")
    #expect(written { $0.add("testing", field: 2) } == "120774657374696e67")
    #expect(written { $0.add(.message { $0.add(Int64(150), field: 1) }, field: 3) } == "1a03089601")
    #expect(written { $0.add(Int64(-2), field: 1) } == "08feffffffffffffffff01")
    #expect(written { $0.add(Int64.max, field: 16) } == "8001ffffffffffffffff7f")
    #expect(written { $0.add(1.5, field: 1) } == "09000000000000f83f")
    #expect(written { $0.add(choice: 0, field: 2) } == "1500000000")
    #expect(written { $0.add([1.0, -2.0], field: 6) } == "3210000000000000f03f00000000000000c0")
    // Default values are left out, except for negative zero.
    #expect(
      written {
        $0.add(Int64(0), field: 1)
        $0.add(0.0, field: 2)
        $0.add("", field: 3)
        $0.add([Double](), field: 4)
      } == "")
    #expect(written { $0.add(-0.0, field: 1) } == "090000000000000080")
    #expect(written { $0.add(bytes: [], field: 4) } == "2200")
  }

  @Test func eventsOfFiles() {
    #expect(
      hexadecimal(EventMessage.fileVersion(wallTime: 1.5))
        == "09000000000000f83f1a0d627261696e2e4576656e743a32")
    #expect(
      hexadecimal(EventMessage.restart(wallTime: 1.5, step: 300))
        == "09000000000000f83f10ac023a020801")
  }

  @Test func eventsOfValues() {
    func event(_ values: (tag: String, content: SummaryValue.Content)...) -> String {
      hexadecimal(
        EventMessage.summary(
          wallTime: 1.5, step: 7, values.map { SummaryValue(tag: $0.tag, content: $0.content) }))
    }
    #expect(
      event(("a/b", .scalar(0.25)), ("z", .scalar(0)))
        == "09000000000000f83f10072a160a0a0a03612f62150000803e0a080a017a1500000000")
    #expect(
      event(("i", .image(png: [0x89, 0x50, 0x4E, 0x47], width: 3, height: 2, channels: 3)))
        == "09000000000000f83f10072a130a110a0169220c080210031803220489504e47")
    #expect(
      event(("t", .text("hé")))
        == "09000000000000f83f10072a1e0a1c0a0174420d0807120412020801420368c3a94a080a060a04746578"
        + "74")
    // Five equal numbers have one bucket: min, max 2, num 5, sum 10, Σx² 20, limit 2, count 5.
    #expect(
      event(("h", .histogram(BucketCounts([2, 2, 2, 2, 2]))))
        == "09000000000000f83f10072a480a460a0168" + "2a41"
        + "090000000000000040" + "110000000000000040" + "190000000000001440"
        + "210000000000002440" + "290000000000003440" + "3208" + "0000000000000040" + "3a08"
        + "0000000000001440")
  }

  @Test func buckets() {
    let counts = BucketCounts((0...60).map { Double($0) / 2 })
    #expect(counts.count == 61)
    #expect(counts.minimum == 0 && counts.maximum == 30)
    #expect(counts.sum == 915)
    #expect(counts.sumOfSquares == 18452.5)
    #expect(counts.limits == (1...30).map(Double.init))
    // Limits are exclusive, except for the last one.
    #expect(counts.counts == [Double](repeating: 2, count: 29) + [3])
    let signed = BucketCounts([-3.0, 1, 0])
    #expect(signed.minimum == -3 && signed.maximum == 1)
    #expect(signed.counts.reduce(0, +) == 3)
    #expect(signed.counts.first == 1 && signed.counts.last == 1)
    #expect(zip(signed.limits, signed.limits.dropFirst()).allSatisfy { $0 < $1 })
    #expect(signed.limits.last == 1)
    let empty = BucketCounts([])
    #expect(empty.count == 0 && empty.limits.isEmpty && empty.counts.isEmpty)
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func bytes(_ digits: String) -> [UInt8] {
    let all = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: all.count, by: 2).map { UInt8(16 * all[$0] + all[$0 + 1]) }
  }
}
