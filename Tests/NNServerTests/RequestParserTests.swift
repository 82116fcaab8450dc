import NNCore
import NNServer
import Testing

/// The output of a parser for bytes: pieces, then possibly a refusal's status.
private struct Outcome: Equatable {
  var pieces: [RequestParser.Piece] = []
  var status: Int?

  /// Feeds bytes in parts of the given sizes; the last size is repeated.
  init(_ bytes: [UInt8], parts: [Int] = [Int.max]) {
    var limits = RequestParser.Limits()
    limits.headBytes = 400
    limits.fields = 8
    limits.bodyBytes = 64
    var parser = RequestParser(limits: limits)
    var rest = bytes[...]
    var sizes = parts[...]
    do {
      while !rest.isEmpty {
        let size = max(1, sizes.first ?? 1)
        if sizes.count > 1 { sizes.removeFirst() }
        parser.feed(rest.prefix(size))
        rest = rest.dropFirst(size)
        while let piece = try parser.next() { pieces.append(piece) }
      }
    } catch { status = error.status }
  }

  init(_ text: String, parts: [Int] = [Int.max]) { self.init(Array(text.utf8), parts: parts) }

  var bodies: [String] {
    pieces.compactMap {
      if case .body(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
  }

  var heads: [RequestHead] {
    pieces.compactMap { if case .head(let head) = $0 { head } else { nil } }
  }
}

@Suite struct RequestParserTests {
  /// Requests, with the bodies that they hold.
  static let valid: [(text: String, bodies: [String])] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", [""]),
    ("\r\n\r\nGET /x?y=%20 HTTP/1.1\r\nhost:a \t\r\nX-Other: caf\u{e9}\r\n\r\n", [""]),
    ("GET / HTTP/1.0\r\n\r\n", [""]),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", ["abc"]),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", [""]),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", [""]),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "3\r\nabc\r\n00A;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
      ["abc0123456789"]
    ),
    (
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
        + "hiGET /3 HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
      ["", "hi", ""]
    ),
  ]

  /// Invalid requests with the expected status.
  static let hostile: [(text: String, status: Int)] =
    [
      // First lines.
      ("NONSENSE\r\n\r\n", 400), ("GET\r\n\r\n", 400), ("\u{0}\u{1}\u{2}\r\n\r\n", 400),
      ("GET /\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
      (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
      ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
      ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
      ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("PRI * HTTP/2.0\r\n\r\n", 505),
      ("GET / HTTP/1.1.1\r\nHost: a\r\n\r\n", 400),
      (String(repeating: "A", count: 33) + " / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
      // Ends of lines and control characters.
      ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: \u{0}\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\u{7F}\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400),
      // Fields.
      ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\nOrigin: b\r\nOrigin: c\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\n\tfolded: x\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417),
      // Lengths and chunks.
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", 400),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n", 413),
      (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "0\r\n\r\n", 400
      ),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
      (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
        400
      ),
      ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ] + hostileChunks

  private static let hostileChunks: [(text: String, status: Int)] = [
    ("\r\n", 400), ("g\r\n", 400), ("-1\r\n", 400), ("0x3\r\nabc\r\n", 400), (" 3\r\nabc\r\n", 400),
    ("3 \r\nabc\r\n", 400), (";x\r\n", 400), ("3\nabc\r\n", 400), ("3\r\nabcd\r\n", 400),
    ("3\r\nabc\n", 400), ("41\r\n", 413), ("40\r\n" + String(repeating: "x", count: 64), 0),
    ("40\r\n" + String(repeating: "x", count: 64) + "\r\n1\r\n", 413),
    ("FFFFFFFFFFFFFFFFFFFF\r\n", 413), ("3;" + String(repeating: "x", count: 200), 400),
    ("0\r\nbad trailer\r\n\r\n", 400), ("0\r\nX: " + String(repeating: "x", count: 500), 431),
    ("0\r\n" + String(repeating: "X: y\r\n", count: 20), 431),
  ].map { chunks, status in
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, status)
  }

  @Test func requestsHaveTheirHeadsAndBodies() {
    for (text, bodies) in Self.valid {
      let outcome = Outcome(text)
      #expect(outcome.bodies == bodies && outcome.status == nil, "\(text.debugDescription)")
      #expect(outcome.heads.count == bodies.count)
    }
    let heads = Outcome(Self.valid[7].text).heads
    #expect(heads.map(\.target) == ["/1", "/2", "/3"])
    #expect(heads.map(\.method) == ["GET", "POST", "GET"])
    #expect(heads.map(\.keepsAlive) == [true, true, false])
    let other = Outcome(Self.valid[1].text).heads[0]
    #expect(other.target == "/x?y=%20" && other.host == "a" && other.origin == nil)
    let old = Outcome(Self.valid[2].text).heads[0]
    #expect(old.isVersion10 && !old.keepsAlive && old.host == nil)
    let text = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nOrigin: b\r\n\r\n"
    #expect(Outcome(text).heads[0].expectsContinue && Outcome(text).heads[0].origin == "b")
  }

  @Test func ambiguousRequestsAreRejected() {
    for (text, status) in Self.hostile {
      let outcome = Outcome(text)
      #expect(outcome.status ?? 0 == status, "\(text.debugDescription): \(outcome)")
      // Only bodies that were complete before are returned.
      #expect(outcome.bodies.isEmpty, "\(text.debugDescription)")
    }
  }

  @Test func headsAreBounded() {
    let start = "GET / HTTP/1.1\r\nHost: a\r\n"
    // 400 bytes with their last, empty line.
    let fits = start + "X: " + String(repeating: "x", count: 400 - start.utf8.count - 7)
    #expect(Outcome(fits + "\r\n\r\n").bodies == [""])
    #expect(Outcome(fits + "x\r\n\r\n").status == 431)
    #expect(Outcome(fits + "xxxxxx").status == 431)
    #expect(Outcome(start + String(repeating: "X: y\r\n", count: 7) + "\r\n").bodies == [""])
    #expect(Outcome(start + String(repeating: "X: y\r\n", count: 8) + "\r\n").status == 431)
    #expect(Outcome(String(repeating: "\r\n", count: 300)).status == 431)
  }

  @Test func splittingTheInputMakesNoDifference() {
    for text in Self.valid.map(\.text) + Self.hostile.map(\.text) {
      let whole = Outcome(text)
      for size in [1, 2, 3, 7] {
        #expect(Outcome(text, parts: [size]) == whole, "\(text.debugDescription) by \(size)")
      }
      for cut in 1..<text.utf8.count where cut < 80 {
        #expect(Outcome(text, parts: [cut, .max]) == whole, "\(text.debugDescription) at \(cut)")
      }
    }
  }

  @Test func aFailedParserReadsNoMore() throws {
    var parser = RequestParser()
    parser.feed(Array("X\r\n\r\n".utf8)[...])
    #expect(throws: Refusal.self) { _ = try parser.next() }
    parser.feed(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)[...])
    #expect(try parser.next() == nil)
    #expect(!parser.hasUnusedBytes)
  }

  /// Mutated, truncated, duplicated and joined requests end in requests or refusals, however the
  /// input is split; and accepted requests contain nothing ambiguous.
  @Test func mutatedRequestsAreParsedOrRejected() {
    var numbers = Draws(seed: 7)
    let seeds = (Self.valid.map(\.text) + Self.hostile.map(\.text)).map { Array($0.utf8) }
    let signs: [UInt8] = Array("\r\n\0 \t:;,/0aF\u{7F}".utf8) + [0x80, 0xFF]
    let statuses: Set = [400, 413, 417, 431, 501, 505]
    for round in 0..<4000 {
      var bytes = seeds[numbers.below(seeds.count)]
      for _ in 0...numbers.below(4) {
        let position = numbers.below(bytes.count + 1)
        switch numbers.below(5) {
        case 0 where position < bytes.count: bytes[position] = signs[numbers.below(signs.count)]
        case 1: bytes.insert(signs[numbers.below(signs.count)], at: position)
        case 2: bytes.removeSubrange(position..<min(bytes.count, position + numbers.below(8)))
        case 3: bytes.insert(contentsOf: bytes[position...].prefix(numbers.below(40)), at: position)
        default: bytes = Array(bytes[..<position]) + seeds[numbers.below(seeds.count)]
        }
      }
      let whole = Outcome(bytes)
      let parts = (0..<8).map { _ in 1 + numbers.below(40) }
      #expect(Outcome(bytes, parts: parts) == whole, "round \(round)")
      if let status = whole.status { #expect(statuses.contains(status), "round \(round)") }
      for head in whole.heads {
        let texts = [head.method, head.target, head.host ?? "", head.origin ?? ""]
        let isClean = texts.allSatisfy { $0.utf8.allSatisfy { $0 == 9 || ($0 > 31 && $0 != 127) } }
        #expect(isClean && !head.target.contains(" "), "round \(round)")
        #expect(head.isVersion10 || head.host != nil, "round \(round)")
      }
      #expect(whole.bodies.allSatisfy { $0.utf8.count <= 3 * 64 }, "round \(round)")
    }
  }
}

/// Random numbers that are the same in every run.
private struct Draws {
  private let generator: Philox
  private var count = 0

  init(seed: UInt64) { generator = Philox(seed: seed) }

  /// One of 0, 1, … `bound` − 1.
  mutating func below(_ bound: Int) -> Int {
    count += 1
    return generator.integer(count, below: max(1, bound))
  }
}
