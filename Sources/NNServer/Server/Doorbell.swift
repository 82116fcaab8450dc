import NNCore

/// Wakes the event loop from other threads.
///
/// Ringing writes a byte to a pipe that the loop polls. Its ends are closed with the last user, so
/// a handler that rings after the end of the loop cannot write to a descriptor that was reused.
final class Doorbell: Sendable {
  private struct State: Sendable {
    var connections: Set<Int> = []
    var isStopping = false
    var isRung = false
  }

  /// The end of the pipe that the loop polls.
  let reading: Int32
  private let writing: Int32
  private let state = Guarded(State())

  /// Opens the pipe.
  ///
  /// - Throws: `NNError` if the system has no descriptor left.
  init() throws(NNError) {
    (reading, writing) = try Sockets.makePipe()
  }

  deinit {
    Sockets.release(reading)
    Sockets.release(writing)
  }

  /// Reports that a connection has new output.
  func ring(for connection: Int) {
    ring { $0.connections.insert(connection) }
  }

  /// Requests the loop to end.
  func ringToStop() {
    ring { $0.isStopping = true }
  }

  /// The requests since the last call.
  func answer() -> (connections: Set<Int>, isStopping: Bool) {
    state.withLock { state in
      if state.isRung { Sockets.drain(reading) }
      state.isRung = false
      defer { state.connections = [] }
      return (state.connections, state.isStopping)
    }
  }

  private func ring(_ change: (inout State) -> Void) {
    state.withLock { state in
      change(&state)
      if !state.isRung { Sockets.poke(writing) }
      state.isRung = true
    }
  }
}
