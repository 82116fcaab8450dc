import Dispatch
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// The connections that are open, each with the task that answers its requests.
final class OpenConnections: Sendable {
  private let http: HTTP1Channel
  private let threads: HandlerThreads
  private let logger: Logger
  private let open = Mutex<[ObjectIdentifier: (channel: any Channel, task: Task<Void, Never>)]>([:])
  private let ends = DispatchGroup()

  /// No connections yet.
  ///
  /// - Parameters:
  ///   - http: What answers.
  ///   - threads: Where it runs.
  ///   - logger: Where its messages go.
  init(_ http: HTTP1Channel, on threads: HandlerThreads, logger: Logger) {
    self.http = http
    self.threads = threads
    self.logger = logger
  }

  /// Answers the requests of a connection until it is closed.
  ///
  /// The task is there as soon as the connection is: one that is dropped unanswered traps in NIO.
  func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
    http.setup(channel: channel, logger: logger).map { [self] connection in
      let name = ObjectIdentifier(channel)
      ends.enter()
      open.withLock {
        $0[name] = (
          channel,
          Task(executorPreference: threads) { [self] in
            await http.handle(value: connection, logger: logger)
            _ = open.withLock { $0.removeValue(forKey: name) }
            ends.leave()
          }
        )
      }
    }
  }

  /// Closes all and waits for their tasks to end, for so many seconds at most.
  ///
  /// A task that does not react to its cancellation shall not keep the program.
  func closeAll(patience: Double) {
    for (channel, task) in open.withLock({ Array($0.values) }) {
      task.cancel()
      channel.close(promise: nil)
    }
    _ = ends.wait(timeout: .now() + patience)
  }
}
