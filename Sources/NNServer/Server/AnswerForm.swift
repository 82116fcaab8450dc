/// How an answer is written down for the request that it belongs to.
struct AnswerForm: Sendable {
  /// Whether the request was `HEAD`, which gets no body.
  var isHead = false
  /// Whether the client speaks HTTP/1.0, which knows no chunks.
  var isVersion10 = false
  /// Whether another request may follow on the connection.
  var keepsAlive = false

  /// The form of what ends a connection.
  init() {}

  /// The form that a request wants.
  init(_ head: RequestHead) {
    isHead = head.method == "HEAD"
    isVersion10 = head.isVersion10
    keepsAlive = head.keepsAlive
  }
}

extension LocalAnswer {
  /// Everything that a page may do is listed: scripts, styles and data from this server alone.
  private static let contentPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  /// The same for a page that holds everything itself.
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

  /// Bodies of up to so many bytes go out together with their head.
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

  /// An answer whose body is there: head and body.
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
