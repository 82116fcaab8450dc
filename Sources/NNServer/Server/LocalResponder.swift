import HTTPTypes
import HummingbirdCore
import NIOCore
import NNCore
import Synchronization

/// Takes a request past the guards to its route, and the route's answer or refusal back.
final class LocalResponder: Sendable {
  private let token: AccessToken
  private let routes: LocalRoutes
  private let limits: LocalServer.Limits
  /// Nil before the port is known.
  private let guardian = Mutex<RequestGuard?>(nil)

  init(token: AccessToken, routes: LocalRoutes, limits: LocalServer.Limits) {
    self.token = token
    self.routes = routes
    self.limits = limits
  }

  /// Lets requests pass that were meant for this port, and gives the token that they must know.
  func start(port: Int) -> AccessToken {
    guardian.withLock { $0 = RequestGuard(token: token, port: port) }
    return token
  }

  /// The answer or refusal. Whatever else is thrown ends the connection.
  func respond(to request: Request, on channel: any Channel) async throws -> Response {
    var hasUnreadBody = request.announcesBody
    let answer: LocalAnswer
    do {
      guard let guardian = guardian.withLock({ $0 }) else {
        throw Refusal(503, "the server is starting")
      }
      let path = try guardian.path(
        target: request.head.path ?? "", host: request.head.authority,
        origin: request.headers[.origin])
      if path.isEmpty {
        answer = .redirection(to: "/\(guardian.token)/")
      } else {
        let route = try routes.find(method: request.method.rawValue, path: path)
        let body = hasUnreadBody ? try await self.body(of: request, channel) : []
        hasUnreadBody = false
        answer = try await route.handler(
          LocalRequest(parameters: route.parameters, body: body))
      }
    } catch let refusal as Refusal {
      answer = .refusal(refusal)
    } catch let error as NNError {
      answer = .refusal(Refusal(error))
    }
    // Otherwise the rest would be read, however long it is.
    if hasUnreadBody { close(channel, after: .seconds(1)) }
    return answer.response(hasBody: request.method != .head)
  }

  /// The body, when it comes in time and is not too large.
  private func body(of request: Request, _ channel: any Channel) async throws -> [UInt8] {
    let tooLarge = Refusal(413, "expected a body of at most \(limits.bodyBytes) bytes")
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes
    {
      throw tooLarge
    }
    let deadline = close(channel, after: limits.bodyTime)
    defer { deadline.cancel() }
    do {
      let buffer = try await request.body.collect(upTo: limits.bodyBytes)
      return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError { throw tooLarge }
  }

  @discardableResult
  private func close(_ channel: any Channel, after time: Duration) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: TimeAmount(time)) { channel.close(promise: nil) }
  }
}

extension Request {
  /// Whether a body follows the head.
  fileprivate var announcesBody: Bool {
    headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
  }
}

extension LocalAnswer {
  /// Everything that a page may do is listed: scripts, styles and data from this server alone.
  private static let contentPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  private static let safety: [(String, String)] = [
    ("Content-Security-Policy", contentPolicy), ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
  ]

  fileprivate func response(hasBody: Bool) -> Response {
    var fields = HTTPFields()
    for (name, value) in Self.safety + headers.map({ ($0.key, $0.value) }) {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    fields[.contentType] = type.rawValue
    let content: ResponseBody
    switch body {
    case .bytes(let bytes): content = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    case .events(let write):
      content = ResponseBody { writer in
        var events = EventWriter(writer)
        try await write(&events)
        try await writer.finish(nil)
      }
    }
    let response = Response(status: .init(code: status), headers: fields, body: content)
    return hasBody ? response : response.createHeadResponse()
  }
}
