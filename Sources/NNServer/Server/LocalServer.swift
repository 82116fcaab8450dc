import Dispatch
public import NNCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A small web server for pages about this process, for the local user only.
///
/// It listens on 127.0.0.1, answers only requests with the random token in ``address``, and has its
/// own threads: a program starts it, continues to compute, and stops it. Slow, idle or excess
/// clients use a bounded amount of memory and delay no other client.
public final class LocalServer: Sendable {
  /// The limits of a client, or of all together.
  public struct Limits: Sendable {
    /// The maximum number of connections. A further one replaces the oldest that has not shown the
    /// token; if all have, it waits until one of them is closed.
    public var connections = 512
    /// The maximum size of a request's body, in bytes.
    public var bodyBytes = 1 << 20
    /// The maximum size of a request's headers, in bytes.
    public var headerBytes = 16 << 10
    /// The timeout for a request's body.
    public var bodyTime = Duration.seconds(10)
    /// The timeout for a request's head, and for the next request of a connection.
    public var idleTime = Duration.seconds(15)
    /// The timeout for a reader to accept the next pending write.
    public var writeTime = Duration.seconds(10)

    /// The default limits, for pages of one user.
    public init() {}
  }

  /// The port that the server listens on.
  public let port: Int
  /// The URL of the page: `http://127.0.0.1:4711/TOKEN/`.
  public let address: String

  private let service: Service
  private let loop: SystemThread
  private let isStopped = Atomic(false)

  /// Starts to listen; returns at once.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - option: The command-line option that chose the port, for messages: `--ui-port`.
  ///   - limits: The limits of clients.
  ///   - describe: Adds the routes.
  /// - Throws: `NNError` when the port is in use or not permitted.
  public init(
    port: Int, option: String, limits: Limits = Limits(), _ describe: (inout LocalRoutes) -> Void
  ) throws(NNError) {
    guard (0...65_535).contains(port) else {
      throw .invalid("expected a port from 0 to 65535, got \(port)", at: option)
    }
    var routes = LocalRoutes()
    describe(&routes)
    let listener: (descriptor: Int32, port: Int)
    do throws(Sockets.Failure) {
      listener = try Sockets.listener(port: port)
    } catch { throw Self.failure(error, port: port, option: option) }
    do throws(NNError) {
      let token = AccessToken()
      let threads = try HandlerThreads(count: 2)
      do throws(NNError) {
        let service = Service(
          guardian: RequestGuard(token: token, port: listener.port), routes: routes,
          limits: limits, threads: threads, doorbell: try Doorbell())
        let maximum = Sockets.affordable(limits.connections)
        loop = try SystemThread {
          var loop = EventLoop(
            listener: listener.descriptor, service: service, maximumConnections: maximum)
          loop.run()
        }
        self.service = service
      } catch {
        threads.stop()
        throw error
      }
      self.port = listener.port
      address = "http://127.0.0.1:\(listener.port)/\(token)/"
    } catch {
      Sockets.release(listener.descriptor)
      throw error
    }
  }

  deinit { stop() }

  /// Closes the port and all connections, and returns when no thread of the server is running;
  /// further calls do nothing.
  ///
  /// It must not be called by a handler, since it waits for handlers: at most two seconds for those
  /// that do not end when they are cancelled.
  public func stop() {
    guard !isStopped.exchange(true, ordering: .relaxed) else { return }
    service.doorbell.ringToStop()
    loop.join()
    _ = service.handlers.wait(timeout: .now() + 2)
    service.threads.stop()
  }

  private static func failure(_ failure: Sockets.Failure, port: Int, option: String) -> NNError {
    switch failure.code {
    case EADDRINUSE:
      .invalid(
        "port \(port) is taken by another program", at: option,
        hint: "\(option) \(port == 65_535 ? port - 1 : port + 1) may be free; "
          + "\(option) 0 chooses a free port")
    case EACCES:
      .invalid(
        "port \(port) needs administrator rights", at: option,
        hint: "\(option) 0 chooses a free port that does not")
    default:
      .failed(
        "cannot listen on port \(port) of 127.0.0.1: \(String(cString: strerror(failure.code)))",
        at: option)
    }
  }
}
