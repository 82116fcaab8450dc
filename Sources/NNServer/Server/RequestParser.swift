/// An incremental parser of requests from the bytes of a connection.
///
/// ```swift
/// parser.feed(bytes)
/// while let piece = try parser.next() { … }
/// ```
///
/// The head is returned first, so that a request can be rejected before its body is read, then the
/// complete body, empty or not. Buffers no more than the limits and the last input. After a refusal
/// nothing more is read.
package struct RequestParser: Sendable {
  /// The limits of a request.
  package struct Limits: Sendable {
    /// The maximum size of a head, and of the trailers after the last chunk of a body, in bytes.
    package var headBytes = 16 << 10
    /// The maximum number of header fields.
    package var fields = 100
    /// The maximum size of a body, in bytes.
    package var bodyBytes = 1 << 20

    /// The default limits.
    package init() {}
  }

  /// A parsed piece of a request.
  package enum Piece: Sendable, Hashable {
    case head(RequestHead)
    case body([UInt8])
  }

  private enum Phase {
    /// Before the first line, in the lines of a head, after a head.
    case idle, head, framing(RequestHead.Framing)
    /// The number of missing bytes of the body.
    case length(Int)
    /// Before the size of a chunk, in a chunk, after its bytes, after the last chunk.
    case chunkSize, chunk(Int), chunkEnd, trailers
    case failed
  }

  /// The maximum length of the line with a chunk's size, in bytes.
  private static let sizeLineBytes = 128

  private let limits: Limits
  private var phase = Phase.idle
  /// The input, unused from `start` on; up to `scanned` there is no line end.
  private var buffer: [UInt8] = []
  private var start = 0
  private var scanned = 0
  private var lines: [[UInt8]] = []
  private var lineBytes = 0
  private var body: [UInt8] = []

  /// Creates a parser for a new connection.
  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Whether there is input that belongs to no returned request.
  package var hasUnusedBytes: Bool { start < buffer.count }

  /// Adds input.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    if case .failed = phase { return }
    if start > 0 {
      buffer.removeFirst(start)
      scanned -= start
      start = 0
    }
    buffer += bytes
  }

  /// The next piece; nil if more input is needed.
  ///
  /// - Throws: ``Refusal`` 400, 413, 417, 431, 501 or 505.
  package mutating func next() throws(Refusal) -> Piece? {
    do { return try advance() } catch {
      phase = .failed
      buffer = []
      (start, scanned, lines, body) = (0, 0, [], [])
      throw error
    }
  }

  private mutating func advance() throws(Refusal) -> Piece? {
    while true {
      switch phase {
      case .failed: return nil
      case .idle, .head:
        guard let line = try line(atMost: limits.headBytes - lineBytes, tooLong: headTooLarge)
        else { return nil }
        try count(line)
        // Some clients send an extra empty line after a body.
        if lines.isEmpty, line.isEmpty { continue }
        phase = .head
        if !line.isEmpty {
          lines.append(line)
          continue
        }
        let head = try RequestHead(lines: lines)
        forgetLines()
        phase = .framing(head.framing)
        return .head(head)
      case .framing(.none): return finish()
      case .framing(.length(let length)):
        guard length <= limits.bodyBytes else { throw bodyTooLarge }
        phase = .length(length)
      case .framing(.chunked): phase = .chunkSize
      case .length(let missing):
        let left = takeBody(missing)
        guard left == 0 else {
          phase = .length(left)
          return nil
        }
        return finish()
      case .chunkSize:
        guard let line = try line(atMost: Self.sizeLineBytes, tooLong: Self.noChunkSize)
        else { return nil }
        let size = try chunkSize(line)
        phase = size == 0 ? .trailers : .chunk(size)
      case .chunk(let missing):
        let left = takeBody(missing)
        phase = left == 0 ? .chunkEnd : .chunk(left)
        if left > 0 { return nil }
      case .chunkEnd:
        let wrong = Refusal(400, "expected the end of a chunk")
        if try line(atMost: 0, tooLong: wrong) == nil { return nil }
        phase = .chunkSize
      case .trailers:
        guard let line = try line(atMost: limits.headBytes - lineBytes, tooLong: headTooLarge)
        else { return nil }
        if line.isEmpty { return finish() }
        try count(line)
        lines.append([])
        _ = try RequestHead.field(line)
      }
    }
  }

  /// Returns the body and resets the parser for the next request.
  private mutating func finish() -> Piece {
    defer {
      body = []
      forgetLines()
      phase = .idle
      if !hasUnusedBytes { (buffer, start, scanned) = ([], 0, 0) }
    }
    return .body(body)
  }

  private mutating func forgetLines() {
    lines = []
    lineBytes = 0
  }

  /// Counts a line of the head against the limits.
  private mutating func count(_ line: [UInt8]) throws(Refusal) {
    lineBytes += line.count + 2
    // The request line and the empty line are not fields.
    let isOneTooMany = !line.isEmpty && lines.count > limits.fields
    if lineBytes > limits.headBytes || isOneTooMany { throw headTooLarge }
  }

  /// The next line without its CR LF, or nil if it is incomplete.
  private mutating func line(atMost bytes: Int, tooLong: Refusal) throws(Refusal) -> [UInt8]? {
    scan: while scanned < buffer.count {
      if scanned - start > bytes { break }
      switch buffer[scanned] {
      case 0x0D:
        guard scanned + 1 < buffer.count else { break scan }
        guard buffer[scanned + 1] == 0x0A else { throw Self.strayControl }
        let line = Array(buffer[start..<scanned])
        scanned += 2
        start = scanned
        return line
      case 0x00..<0x09, 0x0A..<0x20, 0x7F: throw Self.strayControl
      default: scanned += 1
      }
    }
    guard scanned - start <= bytes else { throw tooLong }
    return nil
  }

  /// Moves bytes to the body and returns the number of missing bytes.
  private mutating func takeBody(_ wanted: Int) -> Int {
    let count = min(wanted, buffer.count - start)
    body += buffer[start..<(start + count)]
    start += count
    scanned = start
    return wanted - count
  }

  /// The size in a line; extensions after a semicolon are ignored.
  private func chunkSize(_ line: [UInt8]) throws(Refusal) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") }
    var size = 0
    for digit in digits {
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue else {
        throw Self.noChunkSize
      }
      guard size <= limits.bodyBytes else { throw bodyTooLarge }
      size = size << 4 + value
    }
    if digits.isEmpty { throw Self.noChunkSize }
    guard size <= limits.bodyBytes - body.count else { throw bodyTooLarge }
    return size
  }

  private var headTooLarge: Refusal {
    Refusal(
      431,
      "expected at most \(limits.fields) header fields and \(limits.headBytes) bytes of them")
  }

  private var bodyTooLarge: Refusal {
    Refusal(413, "expected a body of at most \(limits.bodyBytes) bytes")
  }

  private static let noChunkSize = Refusal(400, "expected the size of a chunk")

  private static let strayControl = Refusal(
    400, "expected lines that end with CR LF and hold no control characters")
}
