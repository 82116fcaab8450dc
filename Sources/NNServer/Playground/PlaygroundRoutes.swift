package import NNCore
import NNDrawing
import NNFormats
import NNReports

/// The routes of the playground's server.
///
/// | Request | Answer |
/// |---|---|
/// | `GET /` and its files | the page |
/// | `GET /api/options` | the options |
/// | `POST /api/sessions` with settings | a new session's complete frame |
/// | `POST /api/sessions/NAME` with settings | the complete frame of the restarted session |
/// | `POST /api/sessions/NAME/advance` with `steps`, `epochs` or `milliseconds` | a frame |
/// | `POST /api/sessions/NAME/weight` with `layer`, `node`, `input` and `value` | a frame |
/// | `GET /api/sessions/NAME/texts` | config, program and table |
/// | `DELETE /api/sessions/NAME` | nothing; the session is removed |
struct PlaygroundRoutes: Sendable {
  let sessions: PlaygroundSessions

  /// A table with every byte escaped, and space for the other settings.
  static let bodyBytes = 2 * PlaygroundBounds.tableBytes + 20_000

  /// Adds all routes.
  func add(to routes: inout LocalRoutes) {
    addFiles(to: &routes)
    let options = PlaygroundOptions.json(limits: sessions.limits).text
    routes.get("/api/options") { _ in .json(options) }
    routes.post("/api/sessions") { request in
      let settings = try PlaygroundSettings(json: request.body)
      return try await answering { .file(try await sessions.open(settings), .binary) }
    }
    routes.post("/api/sessions/:name") { request in
      let settings = try PlaygroundSettings(json: request.body)
      return try await using(request) { session in
        .file(try await session.configure(settings), .binary)
      }
    }
    routes.post("/api/sessions/:name/advance") { request in
      let advance = try PlaygroundNetwork.Advance(json: request.body)
      return try await using(request) { session in
        .file(try await session.advance(advance), .binary)
      }
    }
    routes.post("/api/sessions/:name/weight") { request in
      let (index, value) = try PlaygroundNetwork.WeightIndex.read(json: request.body)
      return try await using(request) { session in
        .file(try await session.set(index, to: value), .binary)
      }
    }
    routes.get("/api/sessions/:name/texts") { request in
      try await using(request) { session in
        let texts = try await session.texts()
        var json = JSONLine(isCompact: true)
        json.add("yaml", texts.yaml)
        json.add("program", texts.program)
        if let table = texts.table { json.add("table", table) }
        return .json(json.text)
      }
    }
    routes.delete("/api/sessions/:name") { request in
      sessions.remove(request.parameters["name"] ?? "")
      return .json("{}")
    }
  }

  private func addFiles(to routes: inout LocalRoutes) {
    routes.file("/", Asset.bytes("playground.html"), .html)
    routes.file("/playground.css", Asset.bytes("playground.css"), .css)
    let scripts: [(String, [UInt8])] = [
      ("chart", Asset.bytes("chart.js")),
      ("playground", Asset.bytes("playground.js")),
      ("playground-api", Asset.bytes("playground-api.js")),
      ("playground-colors", Asset.bytes("playground-colors.js")),
      ("playground-controls", Asset.bytes("playground-controls.js")),
      ("playground-drawing", Asset.bytes("playground-drawing.js")),
      ("playground-edges", Asset.bytes("playground-edges.js")),
      ("playground-editor", Asset.bytes("playground-editor.js")),
      ("playground-link", Asset.bytes("playground-link.js")),
      ("playground-messages", Asset.bytes("playground-messages.js")),
      ("playground-network", Asset.bytes("playground-network.js")),
      ("playground-stage", Asset.bytes("playground-stage.js")),
      ("playground-state", Asset.bytes("playground-state.js")),
      ("playground-texts", Asset.bytes("playground-texts.js")),
      ("playground-tiles", Asset.bytes("playground-tiles.js")),
    ]
    for (name, bytes) in scripts { routes.file("/\(name).js", bytes, .javascript) }
  }

  private func using(
    _ request: LocalRequest,
    _ body: (PlaygroundSession) async throws -> LocalAnswer
  ) async throws -> LocalAnswer {
    try await answering { try await sessions.use(request.parameters["name"] ?? "", body) }
  }

  /// Converts refusals of sessions to HTTP statuses.
  private func answering(_ body: () async throws -> LocalAnswer) async throws -> LocalAnswer {
    do {
      return try await body()
    } catch let refusal as PlaygroundRefusal {
      throw Refusal(refusal)
    }
  }
}

extension Refusal {
  fileprivate init(_ refusal: PlaygroundRefusal) {
    switch refusal {
    case .full(let limit, let seconds):
      self.init(
        429,
        "all \(limit) sessions of this playground are in use\n  hint: close another page of it, or "
          + "try again in \(seconds) seconds", headers: ["Retry-After": "\(seconds)"])
    case .busy:
      self.init(
        429, "the session is busy: send the next request when the last one is answered",
        headers: ["Retry-After": "1"])
    case .gone(let minutes):
      self.init(
        404, "this session has ended, as sessions do after \(minutes) minutes without a request")
    }
  }
}

extension PlaygroundNetwork.Advance {
  /// Reads the request of a page.
  ///
  /// - Throws: `NNError` unless exactly one of the three is present and within bounds.
  package init(json body: [UInt8]) throws(NNError) {
    var reader = try PlaygroundReader(body, at: "advance")
    let choices: [PlaygroundNetwork.Advance?] = [
      reader.integer("steps", 1...10_000).map { .steps($0) },
      reader.integer("epochs", 1...1000).map { .epochs($0) },
      reader.integer("milliseconds", 1...100).map { .milliseconds($0) },
    ]
    try reader.finish()
    let given = choices.compactMap(\.self)
    guard given.count == 1 else {
      throw .invalid(
        "expects one of `steps`, `epochs` and `milliseconds`, gets \(given.count) of them",
        at: "advance")
    }
    self = given[0]
  }
}

extension PlaygroundNetwork.WeightIndex {
  /// Reads the weight that a page sets, and its value; without `input` it is the node's bias.
  ///
  /// - Throws: `NNError` for missing, unknown and out-of-bounds members.
  package static func read(
    json body: [UInt8]
  ) throws(NNError) -> (index: PlaygroundNetwork.WeightIndex, value: Double) {
    var reader = try PlaygroundReader(body, at: "weight")
    let layer = reader.integer("layer", PlaygroundBounds.layers)
    let node = reader.integer("node", 0...PlaygroundBounds.nodes.upperBound - 1)
    let input = reader.integer("input", 0...PlaygroundBounds.nodes.upperBound - 1)
    let value = reader.number("value", PlaygroundBounds.weight)
    try reader.finish()
    guard let layer, let node, let value else {
      throw .invalid(
        "expects `layer`, `node` and `value`; `input` may be missing only for a bias", at: "weight")
    }
    return (PlaygroundNetwork.WeightIndex(layer: layer, node: node, input: input), value)
  }
}
