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

/// A small web server for pages about this process, for this machine's user alone.
///
/// It listens on 127.0.0.1, answers only who knows the random token in ``address``, and works on
/// threads of its own: a program that computes starts it, goes on, and stops it. Slow, silent and
/// too many clients cost a bounded amount of memory and delay nobody else.
public final class LocalServer: Sendable {
  /// What one client, or all together, may ask for.
  public struct Limits: Sendable {
    /// Connections at a time. A further one takes the place of the oldest that has not shown the
    /// token; where all have, it waits until one of them is closed.
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

  private let service: Service
  private let loop: ServerThread
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
        let places = Sockets.affordable(limits.connections)
        loop = try ServerThread {
          var loop = EventLoop(listener: listener.descriptor, service: service, places: places)
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

  /// Closes the port and all connections, and returns when nothing of the server runs any more; the
  /// first call counts.
  ///
  /// It must not be called by a handler, since handlers are waited for: those that do not end when they
  /// are cancelled two seconds at most.
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
          + "\(option) 0 takes one that is")
    case EACCES:
      .invalid(
        "port \(port) needs the rights of an administrator", at: option,
        hint: "\(option) 0 takes a free one that does not")
    default:
      .failed(
        "cannot listen on port \(port) of 127.0.0.1: \(String(cString: strerror(failure.code)))",
        at: option)
    }
  }
}
