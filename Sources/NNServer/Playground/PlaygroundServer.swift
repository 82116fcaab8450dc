public import NNCore

/// The playground: a page on which a user builds a network and watches it train.
///
/// ```swift
/// let playground = try PlaygroundServer(port: 0)
/// print(playground.address)
/// _ = readLine()
/// playground.stop()
/// ```
///
/// Networks train in this process, one session per page, and only while their page requests frames.
/// The server runs until ``stop()``.
public final class PlaygroundServer: Sendable {
  private let server: LocalServer
  private let cleaning: Task<Void, Never>

  /// The URL of the page.
  public var address: String { server.address }

  /// Starts to serve the page on 127.0.0.1; returns at once.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - option: The command-line option that chose the port, for messages.
  ///   - sessions: The maximum number of sessions at a time; 32 by default.
  ///   - idle: The lifetime of a session without requests; ten minutes by default.
  /// - Throws: `NNError` when the port is in use or not permitted.
  public init(
    port: Int, option: String = "--port", sessions: Int = 32, idle: Duration = .seconds(600)
  ) throws(NNError) {
    var limits = PlaygroundSessions.Limits()
    limits.sessions = sessions
    limits.idle = idle
    let store = PlaygroundSessions(limits: limits)
    var requests = LocalServer.Limits()
    requests.bodyBytes = PlaygroundRoutes.bodyBytes
    server = try LocalServer(port: port, option: option, limits: requests) { routes in
      PlaygroundRoutes(sessions: store).add(to: &routes)
    }
    cleaning = Task.detached {
      while (try? await Task.sleep(for: .seconds(15))) != nil { store.removeExpired() }
    }
  }

  /// Closes all pages' connections and the port.
  public func stop() {
    cleaning.cancel()
    server.stop()
  }
}
