import NNCore

/// How other threads tell the event loop that there is something to do.
///
/// Ringing writes a byte to a pipe that the loop listens to. Its ends are closed with the last user, so
/// a handler that rings after the end of the loop writes to no file that was opened since.
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
  /// - Throws: `NNError` where the system has no descriptor left.
  init() throws(NNError) {
    (reading, writing) = try Sockets.makePipe()
  }

  deinit {
    Sockets.release(reading)
    Sockets.release(writing)
  }

  /// Says that a connection has new output.
  func ring(for connection: Int) {
    ring { $0.connections.insert(connection) }
  }

  /// Says that the loop shall end.
  func ringToStop() {
    ring { $0.isStopping = true }
  }

  /// What the bell was rung for since the last time.
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
