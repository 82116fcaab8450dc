/// Takes the bytes of a connection as they come and gives the requests that they hold.
///
/// ```swift
/// parser.feed(bytes)
/// while let piece = try parser.next() { … }
/// ```
///
/// A head comes first, so that its sender can be refused before a body is read, then the whole body,
/// empty or not. Holds no more than the limits and what was fed last. After a refusal nothing more is
/// read.
package struct RequestParser: Sendable {
  /// What a request may consist of.
  package struct Limits: Sendable {
    /// Bytes of a head, and of what stands behind the last chunk of a body.
    package var headBytes = 16 << 10
    /// Header fields.
    package var fields = 100
    /// Bytes of a body.
    package var bodyBytes = 1 << 20

    /// The usual limits.
    package init() {}
  }

  /// What comes out.
  package enum Piece: Sendable, Hashable {
    case head(RequestHead)
    case body([UInt8])
  }

  private enum Phase {
    /// Before the first line, in the lines of a head, behind a head.
    case idle, head, framing(RequestHead.Framing)
    /// So many bytes of the body are missing.
    case length(Int)
    /// Before the size of a chunk, in a chunk, behind its bytes, behind the last chunk.
    case chunkSize, chunk(Int), chunkEnd, trailers
    case failed
  }

  /// Bytes of the line with a chunk's size.
  private static let sizeLineBytes = 128

  private let limits: Limits
  private var phase = Phase.idle
  /// Fed and not yet used from `start` on; up to `scanned` there is no end of a line.
  private var buffer: [UInt8] = []
  private var start = 0
  private var scanned = 0
  private var lines: [[UInt8]] = []
  private var lineBytes = 0
  private var body: [UInt8] = []

  /// A parser of a new connection.
  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Whether bytes have come that belong to no request yet given out.
  package var hasUnusedBytes: Bool { start < buffer.count }

  /// Takes bytes.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    if case .failed = phase { return }
    if start > 0 {
      buffer.removeFirst(start)
      scanned -= start
      start = 0
    }
    buffer += bytes
  }

  /// The next piece; nil when more bytes are needed.
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
        // Some clients end a body with an empty line too many.
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

  /// The body, and the parser as before a request.
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
    // The request line is none of the fields, and neither is the empty one.
    let isOneTooMany = !line.isEmpty && lines.count > limits.fields
    if lineBytes > limits.headBytes || isOneTooMany { throw headTooLarge }
  }

  /// The next line without its CR LF, or nil where it has no end yet.
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

  /// Moves bytes to the body and returns how many of those wanted have not come.
  private mutating func takeBody(_ wanted: Int) -> Int {
    let count = min(wanted, buffer.count - start)
    body += buffer[start..<(start + count)]
    start += count
    scanned = start
    return wanted - count
  }

  /// The size in a line; what stands behind a semicolon means nothing.
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
