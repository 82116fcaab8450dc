/// The validated request line and header fields of a request.
package struct RequestHead: Sendable, Hashable {
  /// How the body ends.
  package enum Framing: Sendable, Hashable {
    case none
    case length(Int)
    case chunked
  }

  /// `GET`, `POST`, or any other token.
  package var method = ""
  /// Path and query of the request line, undecoded.
  package var target = ""
  /// Whether the client uses HTTP/1.0, which has no chunked encoding.
  package var isVersion10 = false
  /// The header `Host`.
  package var host: String?
  /// The header `Origin`.
  package var origin: String?
  /// Whether the client may send another request on this connection; never with HTTP/1.0.
  package var keepsAlive = true
  /// Whether the client waits for `100 Continue` before it sends the body.
  package var expectsContinue = false
  /// How the body ends.
  package var framing = Framing.none

  /// Parses the lines of a head, without their CR LF.
  ///
  /// Ambiguous requests are rejected, so that no proxy can have interpreted them differently: two
  /// headers `Host`, two lengths, a length and chunks, folded lines, a space before a colon.
  ///
  /// - Throws: ``Refusal`` 400, 417, 501 or 505.
  package init(lines: [[UInt8]]) throws(Refusal) {
    guard let first = lines.first else { throw Self.noRequestLine }
    try readRequestLine(first)
    var lengths: [[UInt8]] = []
    var codings: [[UInt8]] = []
    var connection: [String] = []
    for line in lines.dropFirst() {
      let (name, value) = try Self.field(line)
      switch name {
      case "host": try Self.setOnce(&host, value, name)
      case "origin": try Self.setOnce(&origin, value, name)
      case "content-length": lengths.append(value)
      case "transfer-encoding": codings.append(value)
      case "connection":
        connection += value.split(separator: UInt8(ascii: ",")).map { Self.word(Array($0)) }
      case "expect":
        guard Self.word(value) == "100-continue" else {
          throw Refusal(417, "expected `100-continue` as the header Expect")
        }
        expectsContinue = true
      default: break
      }
    }
    if host == nil, !isVersion10 { throw Refusal(400, "expected a header Host") }
    keepsAlive = !isVersion10 && !connection.contains("close")
    framing = try Self.framing(lengths: lengths, codings: codings, isVersion10: isVersion10)
  }

  /// Checks a header field and splits it: the name in lower case, the value without white space
  /// around it.
  ///
  /// - Throws: ``Refusal`` 400.
  package static func field(_ line: [UInt8]) throws(Refusal) -> (name: String, value: [UInt8]) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
      line[..<colon].allSatisfy(isTokenByte)
    else {
      throw Refusal(400, "expected header fields as `Name: value`, without white space in the name")
    }
    return (word(Array(line[..<colon])), trimmed(line[(colon + 1)...]))
  }

  private static let noRequestLine = Refusal(
    400, "expected a method, a path and HTTP/1.1 in the first line of the request")

  private mutating func readRequestLine(_ line: [UInt8]) throws(Refusal) {
    let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3, (1...32).contains(words[0].count),
      words[0].allSatisfy(Self.isTokenByte), !words[1].isEmpty,
      words[1].allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw Self.noRequestLine }
    let version = String(decoding: words[2], as: UTF8.self)
    switch version {
    case "HTTP/1.1": isVersion10 = false
    case "HTTP/1.0": isVersion10 = true
    case let other where other.utf8.count == 8 && other.hasPrefix("HTTP/"):
      throw Refusal(505, "expected HTTP/1.1 or HTTP/1.0")
    default: throw Self.noRequestLine
    }
    method = String(decoding: words[0], as: UTF8.self)
    target = String(decoding: words[1], as: UTF8.self)
  }

  private static func framing(
    lengths: [[UInt8]], codings: [[UInt8]], isVersion10: Bool
  ) throws(Refusal) -> Framing {
    if lengths.isEmpty && codings.isEmpty { return .none }
    guard lengths.count + codings.count == 1 else {
      throw Refusal(400, "expected one header Content-Length or Transfer-Encoding, got several")
    }
    if let coding = codings.first {
      if isVersion10 { throw Refusal(400, "HTTP/1.0 has no Transfer-Encoding") }
      guard word(coding) == "chunked" else {
        throw Refusal(501, "expected `chunked` as the header Transfer-Encoding")
      }
      return .chunked
    }
    let digits = lengths[0]
    guard (1...18).contains(digits.count),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let length = Int(String(decoding: digits, as: UTF8.self))
    else { throw Refusal(400, "expected the header Content-Length to be a number of bytes") }
    return length == 0 ? .none : .length(length)
  }

  private static func setOnce(
    _ field: inout String?, _ value: [UInt8], _ name: String
  ) throws(Refusal) {
    guard field == nil else { throw Refusal(400, "expected one header \(name), got several") }
    field = String(decoding: value, as: UTF8.self)
  }

  private static func word(_ bytes: [UInt8]) -> String {
    let lower = trimmed(bytes[...]).map { byte in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }
    return String(decoding: lower, as: UTF8.self)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    var rest = bytes.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return Array(rest)
  }

  /// Whether a byte is allowed in methods and header names.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
