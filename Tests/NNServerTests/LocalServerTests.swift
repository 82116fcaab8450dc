import Dispatch
import NNCore
import NNServer
import NNTestSupport
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Servers are tested over real connections.
@Suite struct LocalServerTests {
  private static func server(_ change: (inout LocalServer.Limits) -> Void = { _ in }) throws
    -> LocalServer
  {
    var limits = LocalServer.Limits()
    limits.bodyBytes = 1000
    change(&limits)
    return try LocalServer(port: 0, option: "--port", limits: limits) { routes in
      routes.get("/") { _ in .text("hello", .html) }
      routes.post("/echo") { request in .text(String(decoding: request.body, as: UTF8.self)) }
      routes.post("/json") { request in
        _ = try request.json()
        return .json("{}")
      }
      routes.get("/user") { _ in throw NNError.invalid("three is expected", hint: "give three") }
      routes.get("/disk") { _ in throw NNError.failed("the disk is full") }
      routes.events("/count") { _, writer in
        for number in 1...3 { try await writer.send(EventWriter.event("tick", "\(number)\nx")) }
      }
      routes.events("/flood") { _, writer in
        let text = EventWriter.event("flood", String(repeating: "x", count: 100_000))
        while true { try await writer.send(text) }
      }
    }
  }

  /// The response of a server to a request line, headers and a body.
  private func answer(
    _ server: LocalServer, _ line: String, headers: [String] = [], body: String = ""
  ) throws -> String {
    let client = try #require(RawClient(port: server.port))
    client.send(request(server, line, headers: headers + ["Connection: close"]) + body)
    return client.read()
  }

  private func request(_ server: LocalServer, _ line: String, headers: [String] = []) -> String {
    let token = server.address.split(separator: "/")[2]
    let words = line.split(separator: " ")
    return
      (["\(words[0]) /\(token)\(words[1]) HTTP/1.1", "Host: 127.0.0.1:\(server.port)"] + headers)
      .joined(separator: "\r\n") + "\r\n\r\n"
  }

  @Test func pagesHaveSecurityHeaders() throws {
    let server = try Self.server()
    defer { server.stop() }
    let text = try answer(server, "GET /")
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(text.hasSuffix("\r\n\r\nhello"))
    for header in [
      "Content-Type: text/html; charset=utf-8", "X-Content-Type-Options: nosniff",
      "Referrer-Policy: no-referrer", "Cache-Control: no-store",
      "Content-Security-Policy: default-src 'none'; script-src 'self'",
    ] {
      #expect(text.lowercased().contains(header.lowercased()), "\(header)")
    }
    #expect(try answer(server, "HEAD /").hasSuffix("\r\n\r\n"))
    #expect(try answer(server, "GET /?a=b%20c").hasSuffix("\r\n\r\nhello"))
    #expect(server.address.hasPrefix("http://127.0.0.1:\(server.port)/"))
  }

  @Test func refusalsNameTheirReason() throws {
    let server = try Self.server()
    defer { server.stop() }
    let cases = [
      ("GET /nothing", [], "", "404", "nothing at this address"),
      ("GET /../../etc/passwd", [], "", "404", "nothing"),
      ("PUT /echo", [], "", "405", "expected POST, got PUT"),
      ("GET /user", [], "", "400", "three is expected\\n  hint: give three"),
      ("GET /disk", [], "", "500", "the disk is full"),
      ("POST /json", ["Content-Length: 4"], "{\"a\"", "400", "the request's body"),
      ("POST /echo", ["Content-Length: 1001"], "", "413", "at most 1000 bytes"),
      ("GET /", ["Origin: http://evil.example"], "", "403", "other sites"),
    ]
    for (line, headers, body, status, part) in cases {
      let text = try answer(server, line, headers: headers, body: body)
      #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(line): \(text.prefix(40))")
      #expect(text.contains(part), "\(line): \(text)")
      #expect(text.contains("nosniff") || text.contains("Nosniff"), "\(line)")
    }
  }

  @Test func bodiesOfAnyFormAreBounded() throws {
    let server = try Self.server()
    defer { server.stop() }
    let full = String(repeating: "y", count: 1000)
    let whole = try answer(
      server, "POST /echo", headers: ["Content-Length: 1000"], body: full)
    #expect(whole.hasSuffix("\r\n\r\n" + full))
    let chunk = "3E9\r\n" + full + "z\r\n"
    let chunked = try answer(
      server, "POST /echo", headers: ["Transfer-Encoding: chunked"], body: chunk + "0\r\n\r\n")
    #expect(chunked.hasPrefix("HTTP/1.1 413 "))
    // One that never ends is cut off, although its sender continues.
    let client = try #require(RawClient(port: server.port))
    client.send(request(server, "POST /echo", headers: ["Transfer-Encoding: chunked"]))
    for _ in 0..<50 where client.send(chunk) { continue }
    #expect(client.read().hasPrefix("HTTP/1.1 413 "))
    #expect(client.isClosedByServer())
  }

  @Test(arguments: ["NONSENSE\r\n\r\n", "GET\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n"])
  func invalidHTTPIs400(text: String) throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try #require(RawClient(port: server.port))
    client.send(text)
    #expect(client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
  }

  @Test func largeHeadersAreRejected() throws {
    let server = try Self.server()
    defer { server.stop() }
    let large = "X-Large: " + String(repeating: "x", count: 20_000)
    let many = (0..<200).map { "X-\($0): 1" }
    for headers in [[large], many] {
      let text = try answer(server, "GET /", headers: headers)
      #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"))
    }
    #expect(try answer(server, "GET /").contains(" 200 "))
  }

  @Test func eventsAreWrittenInTheFormat() throws {
    let server = try Self.server()
    defer { server.stop() }
    let text = try answer(server, "GET /count")
    #expect(text.lowercased().contains("content-type: text/event-stream"))
    for number in 1...3 {
      #expect(text.contains("event: tick\ndata: \(number)\ndata: x\n\n"))
    }
  }

  @Test func silentAndSlowClientsAreDisconnected() throws {
    let server = try Self.server {
      $0.idleTime = .milliseconds(300)
      $0.bodyTime = .milliseconds(300)
      $0.writeTime = .milliseconds(300)
    }
    defer { server.stop() }
    let silent = try #require(RawClient(port: server.port, patience: 60))
    let halfHead = try #require(RawClient(port: server.port, patience: 60))
    halfHead.send("GET / HTTP/1.1\r\nHost: 127")
    let halfBody = try #require(RawClient(port: server.port, patience: 60))
    halfBody.send(request(server, "POST /echo", headers: ["Content-Length: 10"]) + "abc")
    let deaf = try #require(RawClient(port: server.port))
    deaf.send(request(server, "GET /flood"))
    // Other clients are not affected; on a busy machine this client may also be too slow.
    var isServed = false
    for _ in 0..<50 where !isServed { isServed = try answer(server, "GET /").hasSuffix("hello") }
    #expect(isServed)
    for (name, client) in [("silent", silent), ("half head", halfHead), ("half body", halfBody)] {
      #expect(client.isClosedByServer(), "\(name)")
    }
    // Reading would resume the stream; a closed connection accepts no bytes.
    for _ in 0..<1200 where deaf.send("\r\n") { usleep(50_000) }
    #expect(!deaf.send("\r\n"))
  }

  @Test func connectionsAboveTheLimitWait() throws {
    let server = try Self.server { $0.connections = 2 }
    defer { server.stop() }
    var held = try (0..<2).map { _ in try #require(RawClient(port: server.port)) }
    for client in held {
      client.send(request(server, "GET /"))
      #expect(client.read(until: "hello").contains("hello"))
    }
    let waiting = try #require(RawClient(port: server.port, patience: 1))
    waiting.send(request(server, "GET /"))
    #expect(waiting.read(until: "hello").isEmpty)
    held.removeLast()
    #expect(waiting.read(until: "hello").contains("hello"))
  }

  @Test func aTakenPortIsNamedAndAnotherSuggested() throws {
    let server = try Self.server()
    defer { server.stop() }
    expectError("--ui-port: port \(server.port) is taken", "--ui-port 0") {
      try LocalServer(port: server.port, option: "--ui-port") { _ in }.stop()
    }
    expectError("--ui-port: expected a port from 0 to 65535, got 65536") {
      try LocalServer(port: 65_536, option: "--ui-port") { _ in }.stop()
    }
  }

  @Test func stoppingClosesEverythingAndFreesThePort() throws {
    let server = try Self.server()
    let open = try #require(RawClient(port: server.port))
    open.send(request(server, "GET /flood"))
    #expect(open.read(until: "data: x").contains("200 OK"))
    server.stop()
    #expect(open.isClosedByServer())
    #expect(RawClient(port: server.port) == nil)
    let next = try LocalServer(port: server.port, option: "--port") { _ in }
    #expect(next.port == server.port)
    next.stop()
  }

  @Test func stoppingWhileConnectionsComeIsSafe() throws {
    let clients = DispatchQueue(label: "clients", attributes: .concurrent)
    for _ in 0..<3 {
      let server = try Self.server()
      let port = server.port
      let text = request(server, "GET /")
      let group = DispatchGroup()
      for _ in 0..<4 {
        clients.async(group: group) {
          while let client = RawClient(port: port, patience: 1) { client.send(text) }
        }
      }
      usleep(30_000)
      server.stop()
      group.wait()
    }
  }

  /// The result that a thread waits for.
  private final class Outcome: Sendable {
    private let value = Mutex<String?>(nil)
    var text: String? { value.withLock { $0 } }
    func set(_ text: String) { value.withLock { $0 = text } }
  }

  @Test func aServerAnswersWhileGlobalThreadsAreBusy() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let text = request(server, "GET /", headers: ["Connection: close"])
    let port = server.port
    let answer = Outcome()
    DispatchQueue(label: "client").async {
      let client = RawClient(port: port, patience: 60)
      client?.send(text)
      answer.set(client?.read() ?? "")
    }
    // More tasks than any machine has global threads, all of which block until the client has its
    // answer or has timed out.
    await withTaskGroup { group in
      for _ in 0..<256 {
        group.addTask {
          while answer.text == nil { usleep(1000) }
        }
      }
    }
    #expect(answer.text?.hasSuffix("hello") == true)
  }
}
