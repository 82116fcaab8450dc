import NNFormats

/// The answer of a route.
public struct LocalAnswer: Sendable {
  /// The content types of pages.
  public enum ContentType: String, Sendable {
    case html = "text/html; charset=utf-8"
    case css = "text/css; charset=utf-8"
    case javascript = "text/javascript; charset=utf-8"
    case json = "application/json"
    case text = "text/plain; charset=utf-8"
    case svg = "image/svg+xml"
    case png = "image/png"
    case events = "text/event-stream"
    case binary = "application/octet-stream"
  }

  enum Body: Sendable {
    case bytes([UInt8])
    case events(@Sendable (inout EventWriter) async throws -> Void)
  }

  let status: Int
  let type: ContentType
  let body: Body
  let headers: [String: String]
  /// Whether the page contains its styles and images, and no scripts.
  let isSelfContained: Bool

  private init(
    status: Int, type: ContentType, body: Body, headers: [String: String] = [:],
    isSelfContained: Bool = false
  ) {
    self.status = status
    self.type = type
    self.body = body
    self.headers = headers
    self.isSelfContained = isSelfContained
  }

  /// A file from bytes in memory.
  public static func file(_ bytes: [UInt8], _ type: ContentType) -> LocalAnswer {
    LocalAnswer(status: 200, type: type, body: .bytes(bytes))
  }

  /// An HTML page that contains its styles and images, as reports do; its scripts do not run.
  public static func document(_ bytes: [UInt8]) -> LocalAnswer {
    LocalAnswer(status: 200, type: .html, body: .bytes(bytes), isSelfContained: true)
  }

  /// A text.
  public static func text(_ text: String, _ type: ContentType = .text) -> LocalAnswer {
    file(Array(text.utf8), type)
  }

  /// JSON text.
  public static func json(_ text: String) -> LocalAnswer { Self.text(text, .json) }

  /// Server-sent events, until `write` returns or the reader disconnects.
  ///
  /// `write` runs as long as the page is open. It throws once the connection is closed, and is
  /// cancelled when the server stops.
  public static func events(
    _ write: @escaping @Sendable (inout EventWriter) async throws -> Void
  ) -> LocalAnswer {
    LocalAnswer(status: 200, type: .events, body: .events(write))
  }

  /// `{"error": "…"}` with the refusal's status.
  static func refusal(_ refusal: Refusal) -> LocalAnswer {
    LocalAnswer(
      status: refusal.status, type: .json,
      body: .bytes(Array("{\"error\": \(JSONValue.quoted(refusal.message))}\n".utf8)),
      headers: refusal.headers)
  }

  /// A redirect to another path of this server.
  static func redirection(to path: String) -> LocalAnswer {
    LocalAnswer(status: 307, type: .text, body: .bytes([]), headers: ["Location": path])
  }
}
