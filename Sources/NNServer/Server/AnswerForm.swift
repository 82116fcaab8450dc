/// The parts of a request that determine how its answer is written.
struct AnswerForm: Sendable {
  /// Whether the request was `HEAD`, whose answer has no body.
  var isHead = false
  /// Whether the client uses HTTP/1.0, which has no chunked encoding.
  var isVersion10 = false
  /// Whether another request may follow on the connection.
  var keepsAlive = false

  /// The form of the last answer of a connection.
  init() {}

  /// The form for a request.
  init(_ head: RequestHead) {
    isHead = head.method == "HEAD"
    isVersion10 = head.isVersion10
    keepsAlive = head.keepsAlive
  }
}

extension LocalAnswer {
  /// The permissions of a page: scripts, styles and data from this server only.
  private static let contentPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  /// The permissions of a self-contained page.
  private static let documentPolicy = [
    "default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "base-uri 'none'",
    "form-action 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  private static let safety: [(String, String)] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
  ]

  private static let reasons = [
    200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 409: "Conflict", 413: "Content Too Large",
    417: "Expectation Failed", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
    505: "HTTP Version Not Supported",
  ]

  /// Bodies of up to this many bytes are sent together with their head.
  private static let bytesWithHead = 16 << 10

  /// Writes the answer; returns when all of it is in the outbox.
  func write(to outbox: Outbox, _ form: AnswerForm) async throws {
    switch body {
    case .bytes(let bytes):
      for piece in pieces(bytes, form) { outbox.put(piece) }
      outbox.finish(.complete)
    case .events(let write):
      let isChunked = !form.isVersion10
      outbox.put(head(form, length: isChunked ? "Transfer-Encoding: chunked" : nil))
      if form.isHead { return outbox.finish(.complete) }
      var writer = EventWriter(outbox, isChunked: isChunked)
      try await write(&writer)
      writer.finish()
    }
  }

  /// Head and body of an answer whose body is in memory.
  func pieces(_ form: AnswerForm) -> [[UInt8]] {
    guard case .bytes(let bytes) = body else { return [] }
    return pieces(bytes, form)
  }

  private func pieces(_ bytes: [UInt8], _ form: AnswerForm) -> [[UInt8]] {
    let head = head(form, length: "Content-Length: \(bytes.count)")
    if form.isHead { return [head] }
    return bytes.count <= Self.bytesWithHead ? [head + bytes] : [head, bytes]
  }

  private func head(_ form: AnswerForm, length: String?) -> [UInt8] {
    var lines = ["HTTP/1.1 \(status) \(Self.reasons[status] ?? "Answer")"]
    let policy = isSelfContained ? Self.documentPolicy : Self.contentPolicy
    lines.append("Content-Security-Policy: \(policy)")
    for (name, value) in Self.safety + headers.map({ ($0.key, $0.value) }) {
      lines.append("\(name): \(value)")
    }
    lines.append("Content-Type: \(type.rawValue)")
    if let length { lines.append(length) }
    if !form.keepsAlive { lines.append("Connection: close") }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }
}
