/// The routes of a server: a handler for each method and path.
///
/// ```swift
/// let server = try LocalServer(port: 0) { routes in
///   routes.file("/", Asset.bytes("live.html"), .html)
///   routes.get("/session/:id") { request in .json(try state(of: request.parameters["id"])) }
///   routes.post("/session/:id/step") { request in .json(try step(request.json())) }
///   routes.events("/events") { request, writer in
///     while true { try await writer.send(EventWriter.event("news", try await next())) }
///   }
/// }
/// ```
///
/// Paths follow the URL's token. `:name` matches one segment of ASCII letters, digits, `-` and `_`;
/// nothing else of a path is interpreted. Handlers of `GET` also answer `HEAD`.
public struct LocalRoutes: Sendable {
  /// Answers a request; a thrown ``Refusal`` or `NNError` becomes its status and text. Handlers
  /// share two threads, so long computations belong on threads of their own.
  public typealias Handler = @Sendable (LocalRequest) async throws -> LocalAnswer

  private struct Route: Sendable {
    let method: String
    let segments: [Substring]
    let handler: Handler
  }

  private var routes: [Route] = []

  /// Creates an empty set of routes.
  public init() {}

  /// Answers `GET`.
  public mutating func get(_ path: String, _ handler: @escaping Handler) {
    add("GET", path, handler)
  }

  /// Answers `POST`.
  public mutating func post(_ path: String, _ handler: @escaping Handler) {
    add("POST", path, handler)
  }

  /// Answers `DELETE`.
  public mutating func delete(_ path: String, _ handler: @escaping Handler) {
    add("DELETE", path, handler)
  }

  /// Answers `GET` with a file, such as a resource of the module.
  public mutating func file(_ path: String, _ bytes: [UInt8], _ type: LocalAnswer.ContentType) {
    get(path) { _ in .file(bytes, type) }
  }

  /// Answers `GET` with server-sent events.
  public mutating func events(
    _ path: String,
    _ write: @escaping @Sendable (LocalRequest, inout EventWriter) async throws -> Void
  ) {
    get(path) { request in
      .events { writer in try await write(request, &writer) }
    }
  }

  private mutating func add(_ method: String, _ path: String, _ handler: @escaping Handler) {
    routes.append(Route(method: method, segments: Self.segments(path), handler: handler))
  }

  /// The handler for a method and a path.
  ///
  /// - Throws: ``Refusal`` 404 for an unknown path, 405 for a known path with another method.
  package func find(
    method: String, path: some StringProtocol
  ) throws(Refusal) -> (handler: Handler, parameters: [String: String]) {
    let wanted = method == "HEAD" ? "GET" : method
    var allowed: [String] = []
    for route in routes {
      guard let parameters = Self.match(route.segments, Self.segments(path)) else { continue }
      if route.method == wanted { return (route.handler, parameters) }
      allowed += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
    }
    if allowed.isEmpty { throw Refusal(404, "there is nothing at this address") }
    throw Refusal(
      405, "expected \(allowed.joined(separator: " or ")), got \(method)",
      headers: ["Allow": allowed.joined(separator: ", ")])
  }

  private static func segments(_ path: some StringProtocol) -> [Substring] {
    Substring(path).split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func match(_ pattern: [Substring], _ path: [Substring]) -> [String: String]? {
    guard pattern.count == path.count else { return nil }
    var parameters: [String: String] = [:]
    for (expected, given) in zip(pattern, path) {
      if expected.first == ":" {
        guard isName(given) else { return nil }
        parameters[String(expected.dropFirst())] = String(given)
      } else if expected != given {
        return nil
      }
    }
    return parameters
  }

  private static func isName(_ segment: Substring) -> Bool {
    !segment.isEmpty && segment.utf8.count <= 64
      && segment.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
