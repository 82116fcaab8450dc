import NNCore

/// The output of a handler that the event loop has not yet sent.
final class Outbox: Sendable {
  /// How an answer ends.
  enum End: Sendable { case complete, broken }

  /// Thrown to a handler whose reader has disconnected.
  struct ReaderDisconnected: Error {}

  private struct State: Sendable {
    var pieces: [[UInt8]] = []
    /// The number of unsent bytes.
    var waiting = 0
    var end: End?
    var isClosed = false
    var handler: CheckedContinuation<Void, any Error>?
  }

  /// The number of unsent bytes up to which a handler continues; also the size of a piece.
  static let capacity = 64 << 10

  private let state = Guarded(State())
  private let doorbell: Doorbell
  private let connection: Int

  /// The outbox of an answer on a connection.
  init(connection: Int, doorbell: Doorbell) {
    self.connection = connection
    self.doorbell = doorbell
  }

  // MARK: - The handler

  /// Adds bytes without waiting.
  func put(_ bytes: [UInt8]) {
    state.withLock { state in
      guard !state.isClosed, !bytes.isEmpty else { return }
      state.pieces.append(bytes)
      state.waiting += bytes.count
    }
    doorbell.ring(for: connection)
  }

  /// Ends the answer.
  func finish(_ end: End) {
    state.withLock { $0.end = $0.end ?? end }
    doorbell.ring(for: connection)
  }

  /// Returns when at most ``capacity`` bytes are unsent.
  ///
  /// - Throws: ``ReaderDisconnected``, or `CancellationError`.
  func waitForCapacity() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result: Result<Void, any Error>? = state.withLock { state in
          if state.isClosed { return .failure(ReaderDisconnected()) }
          if Task.isCancelled { return .failure(CancellationError()) }
          if state.waiting <= Self.capacity { return .success(()) }
          state.handler = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      takeHandler()?.resume(throwing: CancellationError())
    }
  }

  // MARK: - The event loop

  /// The bytes since the last call, and how the answer ends, if that is known.
  func take() -> (pieces: [[UInt8]], end: End?) {
    state.withLock { state in
      defer { state.pieces = [] }
      return (state.pieces, state.end)
    }
  }

  /// Reports that bytes have been sent.
  func hasSent(_ count: Int) {
    let hasRoom = state.withLock { state in
      state.waiting -= count
      return state.waiting <= Self.capacity
    }
    if hasRoom { takeHandler()?.resume() }
  }

  /// Reports that nothing will be sent any more.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.pieces = []
    }
    takeHandler()?.resume(throwing: ReaderDisconnected())
  }

  private func takeHandler() -> CheckedContinuation<Void, any Error>? {
    state.withLock { state in
      defer { state.handler = nil }
      return state.handler
    }
  }
}
