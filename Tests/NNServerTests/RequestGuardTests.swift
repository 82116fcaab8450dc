import NNServer
import Testing

@Suite struct RequestGuardTests {
  private let token = AccessToken()

  private func path(
    _ target: String, host: String? = "127.0.0.1:4711", origin: String? = nil
  ) throws -> String {
    String(
      try RequestGuard(token: token, port: 4711).path(target: target, host: host, origin: origin))
  }

  private func status(_ body: () throws -> Void) -> Int? {
    do {
      try body()
      return nil
    } catch { return (error as? Refusal)?.status }
  }

  @Test func aTokenHas32DigitsAndIsNewEachTime() {
    #expect(token.description.count == 32)
    #expect(token.description.allSatisfy { "0123456789abcdef".contains($0) })
    #expect(Set((0..<64).map { _ in AccessToken().description }).count == 64)
  }

  @Test func thePathAfterTheTokenIsAccepted() throws {
    #expect(try path("/\(token)/") == "/")
    #expect(try path("/\(token)") == "")
    #expect(try path("/\(token)/session/7?x=1#y") == "/session/7")
    #expect(try path("/\(token)/", host: "LocalHost:4711") == "/")
    #expect(try path("/\(token)/", origin: "http://127.0.0.1:4711") == "/")
    #expect(try path("/\(token)/", origin: "http://localhost:4711") == "/")
  }

  @Test func aWrongTokenIs403() {
    let text = token.description
    let near = String(text.dropLast()) + (text.last == "0" ? "1" : "0")
    for wrong in ["/", "", "/\(near)/", "/\(text)0/", "/\(text.dropLast())/", "//\(text)/", "/é/"] {
      #expect(status { _ = try path(wrong) } == (wrong.isEmpty ? 400 : 403), "\(wrong)")
    }
    #expect(status { _ = try path("/\(text.uppercased())x/") } == 403)
  }

  @Test(arguments: [
    nil, "", "evil.example", "evil.example:4711", "127.0.0.1", "127.0.0.1:4712", "0.0.0.0:4711",
    "127.0.0.1:4711.evil.example", "[::1]:4711",
  ])
  func aForeignHostIs403(host: String?) {
    #expect(status { _ = try path("/\(token)/", host: host) } == 403)
  }

  @Test(arguments: [
    "http://evil.example", "null", "", "https://127.0.0.1:4711", "http://127.0.0.1",
    "http://127.0.0.1:4712", "http://127.0.0.1:47110",
  ])
  func aForeignOriginIs403(origin: String) {
    #expect(status { _ = try path("/\(token)/", origin: origin) } == 403)
  }

  @Test func onPort80TheHostHasNoPort() throws {
    let guardian = RequestGuard(token: token, port: 80)
    let path = try guardian.path(target: "/\(token)/", host: "localhost", origin: nil)
    #expect(path == "/")
  }
}

@Suite struct LocalRoutesTests {
  private var routes: LocalRoutes {
    var routes = LocalRoutes()
    routes.get("/") { _ in .text("page") }
    routes.get("/session/:id") { _ in .text("read") }
    routes.delete("/session/:id") { _ in .text("deleted") }
    routes.post("/session/:id/step") { _ in .text("stepped") }
    return routes
  }

  @Test func namesOfAPathAreParameters() throws {
    let found = try routes.find(method: "POST", path: "/session/a-Z_09/step")
    #expect(found.parameters == ["id": "a-Z_09"])
    #expect(try routes.find(method: "HEAD", path: "/").parameters.isEmpty)
  }

  @Test(arguments: [
    "", "/x", "/session", "/session/", "/session//step", "/session/../step", "/session/%2e%2e/step",
    "/session/a b/step", "/session/é/step", "/session/1/step/", "//", "/../../etc/passwd",
    "/session/" + String(repeating: "a", count: 65),
  ])
  func unknownPathsAre404(path: String) {
    let refusal = #expect(throws: Refusal.self) { _ = try routes.find(method: "GET", path: path) }
    #expect(refusal?.status == 404)
  }

  @Test func otherMethodsAre405WithAllow() {
    let refusal = #expect(throws: Refusal.self) {
      _ = try routes.find(method: "PUT", path: "/session/1")
    }
    #expect(refusal?.status == 405)
    #expect(refusal?.headers["Allow"] == "GET, HEAD, DELETE")
  }
}
