import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
public import NNCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A small web server for pages about this process, for this machine's user alone.
///
/// It listens on 127.0.0.1, answers only who knows the random token in ``address``, and works on
/// threads of its own: a program that computes starts it, goes on, and stops it. Slow, silent and
/// too many clients cost a bounded amount of memory and delay nobody else.
public final class LocalServer: Sendable {
  /// What one client, or all together, may ask for.
  public struct Limits: Sendable {
    /// Connections at a time; more wait until one of them is closed.
    public var connections = 512
    /// Bytes of a request's body.
    public var bodyBytes = 1 << 20
    /// Bytes of a request's headers.
    public var headerBytes = 16 << 10
    /// Time for a request's body to come.
    public var bodyTime = Duration.seconds(10)
    /// Time for a request's head to come, and for the next request of a connection.
    public var idleTime = Duration.seconds(15)
    /// Time in which a reader must take the next of the writes that wait for it.
    public var writeTime = Duration.seconds(10)

    /// The limits of pages for one person.
    public init() {}
  }

  /// The port that the server listens on.
  public let port: Int
  /// Where a browser finds the page: `http://127.0.0.1:4711/TOKEN/`.
  public let address: String

  private let loops: MultiThreadedEventLoopGroup
  private let threads: HandlerThreads
  private let listener: any Channel
  private let connections: OpenConnections
  private let isStopped = Atomic(false)

  /// Starts to listen; the calling thread goes on at once.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - option: The command-line option that chose the port, for messages: `--ui-port`.
  ///   - limits: What clients may ask for.
  ///   - describe: Adds what there is to answer.
  /// - Throws: `NNError` when the port is taken or may not be used.
  public init(
    port: Int, option: String, limits: Limits = Limits(), _ describe: (inout LocalRoutes) -> Void
  ) throws(NNError) {
    guard (0...65_535).contains(port) else {
      throw .invalid("expected a port from 0 to 65535, got \(port)", at: option)
    }
    var routes = LocalRoutes()
    describe(&routes)
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let threads = HandlerThreads(count: 2)
    let responder = LocalResponder(token: AccessToken(), routes: routes, limits: limits)
    let connections = OpenConnections(
      HTTP1Channel(
        responder: { request, writer, channel in
          let response = try await responder.respond(to: request, on: channel)
          try await writer.write(response: response.head, body: response.body)
        }, configuration: Self.channels(limits)),
      on: threads, logger: Self.silence)
    let most = Self.affordable(limits.connections)
    let bootstrap = ServerBootstrap(group: loops)
      .serverChannelOption(.backlog, value: 512)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .serverChannelInitializer { listener in
        listener.eventLoop.makeCompletedFuture {
          try listener.pipeline.syncOperations.addHandlers(
            AvailableConnectionsChannelHandler(maxConnections: most), AcceptancePause())
        }
      }
      .childChannelInitializer { connections.accept($0) }
    do {
      try loops.next().submit(Self.leaveSignalsToOthers).wait()
      listener = try bootstrap.bind(host: "127.0.0.1", port: port).wait()
    } catch {
      try? loops.syncShutdownGracefully()
      threads.stop()
      throw Self.failure(error, port: port, option: option)
    }
    self.port = listener.localAddress?.port ?? port
    self.loops = loops
    self.threads = threads
    self.connections = connections
    address = "http://127.0.0.1:\(self.port)/\(responder.start(port: self.port))/"
  }

  /// Closes the port and all connections, and returns when nothing of the server runs any more; the
  /// first call counts.
  public func stop() {
    guard !isStopped.exchange(true, ordering: .relaxed) else { return }
    try? listener.close().wait()
    connections.closeAll(patience: 2)
    try? loops.syncShutdownGracefully()
    threads.stop()
  }

  private static let silence = Logger(label: "server") { _ in SwiftLogNoOpLogHandler() }

  private static func channels(_ limits: Limits) -> HTTP1Channel.Configuration {
    HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionWatch(patience: TimeAmount(limits.writeTime))],
      idleTimeout: TimeAmount(limits.idleTime),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: 100))
  }

  /// Ctrl-C is for the program to decide on, and a reader that goes away ends no process.
  private static func leaveSignalsToOthers() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
  }

  /// Connections that leave enough of the process's file descriptors to the rest of it.
  private static func affordable(_ connections: Int) -> Int {
    var limit = rlimit()
    #if canImport(Darwin) || canImport(Musl)
      let status = getrlimit(RLIMIT_NOFILE, &limit)
    #else
      let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #endif
    guard status == 0 else { return min(connections, 64) }
    return min(connections, max(1, Int(min(limit.rlim_cur, 1 << 20)) / 2))
  }

  private static func failure(_ error: any Error, port: Int, option: String) -> NNError {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE:
      .invalid(
        "port \(port) is taken by another program", at: option,
        hint: "\(option) \(port == 65_535 ? port - 1 : port + 1) may be free; "
          + "\(option) 0 takes one that is")
    case EACCES:
      .invalid(
        "port \(port) needs the rights of an administrator", at: option,
        hint: "\(option) 0 takes a free one that does not")
    default: .failed("cannot listen on port \(port) of 127.0.0.1: \(error)", at: option)
    }
  }
}
