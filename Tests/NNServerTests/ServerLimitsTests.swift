import Foundation
import NNServer
import Synchronization
import Testing

/// The effect of malicious or faulty clients on others.
@Suite struct ServerLimitsTests {
  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  private static let large = [UInt8](repeating: 65, count: 2_000_000)

  private static func server(
    counting counter: Counter = Counter(), _ change: (inout LocalServer.Limits) -> Void = { _ in }
  ) throws -> LocalServer {
    var limits = LocalServer.Limits()
    // No connection is accepted because another one has timed out.
    let hour = Duration.seconds(3600)
    (limits.idleTime, limits.bodyTime, limits.writeTime) = (hour, hour, hour)
    change(&limits)
    return try LocalServer(port: 0, option: "--port", limits: limits) { routes in
      routes.get("/") { _ in .text("hello") }
      routes.post("/echo") { request in .text(String(decoding: request.body, as: UTF8.self)) }
      routes.get("/large") { _ in
        counter.value.add(1, ordering: .relaxed)
        return .file(large, .binary)
      }
      routes.get("/broken") { _ in throw CancellationError() }
      routes.events("/long") { _, writer in
        try await writer.send(EventWriter.event("long", String(repeating: "y", count: 300_000)))
      }
    }
  }

  private static func request(
    _ server: LocalServer, _ line: String, _ headers: [String] = [], version: String = "1.1"
  ) -> String {
    let words = line.split(separator: " ")
    let token = server.address.split(separator: "/")[2]
    return
      (["\(words[0]) /\(token)\(words[1]) HTTP/\(version)", "Host: 127.0.0.1:\(server.port)"]
      + headers).joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// Expects the page for a client with the token, long before the timeout of others.
  private static func expectPage(_ server: LocalServer) throws {
    let client = try #require(RawClient(port: server.port, patience: 60))
    client.send(request(server, "GET /", ["Connection: close"]))
    #expect(client.read().hasSuffix("hello"))
  }

  @Test func rejectedClientsKeepNoConnections() throws {
    let server = try Self.server { $0.connections = 16 }
    defer { server.stop() }
    let strangers = try (0..<48).map { _ in
      let client = try #require(RawClient(port: server.port))
      client.send("GET / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
      return client
    }
    try Self.expectPage(server)
    for client in strangers {
      #expect(client.read().hasPrefix("HTTP/1.1 403 "))
      #expect(client.isClosedByServer())
    }
  }

  @Test func silentUnauthorizedClientsAreReplaced() throws {
    let server = try Self.server { $0.connections = 16 }
    defer { server.stop() }
    let owner = try #require(RawClient(port: server.port))
    owner.send(Self.request(server, "GET /"))
    #expect(owner.read(until: "hello").contains("hello"))
    let strangers = try (0..<48).map { _ in try #require(RawClient(port: server.port)) }
    try Self.expectPage(server)
    // The oldest are closed long before their timeout; clients that have shown the token stay.
    #expect(strangers[0].isClosedByServer())
    owner.send(Self.request(server, "GET /"))
    #expect(owner.read(until: "hello").contains("hello"))
  }

  @Test func aClientThatDoesNotReadHasOneRequestInFlight() throws {
    let counter = Counter()
    let server = try Self.server(counting: counter) { $0.writeTime = .milliseconds(500) }
    defer { server.stop() }
    let requests = String(repeating: Self.request(server, "GET /large"), count: 100)
    let clients = try (0..<40).map { _ in
      let client = try #require(RawClient(port: server.port))
      client.send(requests)
      return client
    }
    try Self.expectPage(server)
    for client in clients {
      // Reading might resume an answer; a closed connection accepts no bytes.
      let deadline = ContinuousClock.now + .seconds(60)
      while client.send("\r\n"), ContinuousClock.now < deadline { usleep(20_000) }
      #expect(!client.send("\r\n"))
    }
    #expect(counter.value.load(ordering: .relaxed) <= 40)
  }

  @Test func twoHostsAreRejected() throws {
    let server = try Self.server()
    defer { server.stop() }
    for host in ["Host: evil.example", "Host: 127.0.0.1:\(server.port)"] {
      let client = try #require(RawClient(port: server.port))
      client.send(Self.request(server, "GET /", [host]))
      let text = client.read()
      #expect(text.hasPrefix("HTTP/1.1 400 ") && text.contains("one header host, got several"))
      #expect(text.contains("nosniff") && text.contains("Connection: close"))
    }
  }

  @Test func answersToPipelinedRequestsComeInOrder() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try #require(RawClient(port: server.port))
    client.send(
      Self.request(server, "GET /") + Self.request(server, "HEAD /")
        + Self.request(server, "GET /nothing")
        + Self.request(server, "POST /echo", ["Transfer-Encoding: chunked"])
        + "2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n" + Self.request(server, "PUT /")
        + Self.request(server, "GET /", ["Connection: close"]) + Self.request(server, "GET /"))
    let answers = client.read().components(separatedBy: "HTTP/1.1 ").dropFirst()
    #expect(answers.map { $0.prefix(3) } == ["200", "200", "404", "200", "405", "200"])
    #expect(answers.map { $0.hasSuffix("hello") } == [true, false, false, false, false, true])
    #expect(answers.map { $0.hasSuffix("\r\n\r\nabc") }[3])
    #expect(answers.map { $0.contains("Content-Length: 5\r\n") }[1])
    #expect(answers.filter { $0.contains("Connection: close") }.count == 1)
  }

  @Test func aBodyIsRequestedOnlyWhereNeeded() throws {
    let server = try Self.server()
    defer { server.stop() }
    let headers = ["Expect: 100-continue", "Content-Length: 3"]
    let client = try #require(RawClient(port: server.port))
    client.send(Self.request(server, "POST /echo", headers))
    #expect(client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
    client.send("abc")
    #expect(client.read(until: "abc").hasPrefix("HTTP/1.1 200 OK\r\n"))
    let other = try #require(RawClient(port: server.port))
    other.send(Self.request(server, "POST /nothing", headers))
    #expect(other.read().hasPrefix("HTTP/1.1 404 "))
  }

  @Test func oldClientsReceiveNoChunks() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try #require(RawClient(port: server.port))
    client.send(Self.request(server, "GET /long", ["Connection: keep-alive"], version: "1.0"))
    let text = client.read()
    #expect(text.contains("Connection: close\r\n") && !text.contains("Transfer-Encoding"))
    let event = EventWriter.event("long", String(repeating: "y", count: 300_000))
    #expect(text.hasSuffix("\r\n\r\n" + event))
  }

  @Test func aLongEventIsOneChunk() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try #require(RawClient(port: server.port))
    client.send(Self.request(server, "GET /long", ["Connection: close"]))
    let text = client.read()
    let event = EventWriter.event("long", String(repeating: "y", count: 300_000))
    #expect(text.contains("Transfer-Encoding: chunked\r\n"))
    let start = try #require(text.range(of: "\r\n\r\n")).upperBound
    let lines = text[start...].components(separatedBy: "\r\n")
    var body = ""
    for index in stride(from: 0, to: lines.count - 3, by: 2) {
      #expect(Int(lines[index], radix: 16) == lines[index + 1].utf8.count)
      body += lines[index + 1]
    }
    #expect(lines.count == 5 && lines.suffix(3) == ["0", "", ""])
    #expect(body == event)
  }

  @Test func aFailingHandlerEndsOnlyItsConnection() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try #require(RawClient(port: server.port))
    client.send(Self.request(server, "GET /broken"))
    #expect(client.read() == "" && client.isClosedByServer())
    try Self.expectPage(server)
  }

  @Test func stoppingTwiceIsHarmless() throws {
    let server = try Self.server()
    let client = try #require(RawClient(port: server.port))
    client.send(Self.request(server, "GET /large"))
    server.stop()
    server.stop()
    #expect(client.isClosedByServer())
  }
}
