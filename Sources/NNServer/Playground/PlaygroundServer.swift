public import NNCore

/// The playground: a page on which a person builds a network and watches it learn.
///
/// ```swift
/// let playground = try PlaygroundServer(port: 0)
/// print(playground.address)
/// _ = readLine()
/// playground.stop()
/// ```
///
/// Networks train in this process, each page's in a session of its own, and only while their page asks
/// for frames. The server runs until ``stop()``.
public final class PlaygroundServer: Sendable {
  private let server: LocalServer
  private let cleaning: Task<Void, Never>

  /// Where a browser finds the page.
  public var address: String { server.address }

  /// Starts to serve the page on 127.0.0.1; the calling thread goes on at once.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - option: The command-line option that chose the port, for messages.
  ///   - sessions: How many pages may have a session at once; 32 by default.
  ///   - idle: How long a session stays without a request; ten minutes by default.
  /// - Throws: `NNError` when the port is taken or may not be used.
  public init(
    port: Int, option: String = "--port", sessions: Int = 32, idle: Duration = .seconds(600)
  ) throws(NNError) {
    var limits = PlaygroundSessions.Limits()
    limits.sessions = sessions
    limits.idle = idle
    let house = PlaygroundSessions(limits: limits)
    var requests = LocalServer.Limits()
    requests.bodyBytes = PlaygroundRoutes.bodyBytes
    server = try LocalServer(port: port, option: option, limits: requests) { routes in
      PlaygroundRoutes(sessions: house).add(to: &routes)
    }
    cleaning = Task.detached {
      while (try? await Task.sleep(for: .seconds(15))) != nil { house.removeExpired() }
    }
  }

  /// Closes all pages' connections and the port.
  public func stop() {
    cleaning.cancel()
    server.stop()
  }
}
