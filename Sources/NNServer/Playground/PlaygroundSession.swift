import Foundation
package import NNCore

/// Runs an actor's work one after the other on threads of its own, so that training holds up neither
/// the server's event loops nor the threads that answer requests.
final class TrainingExecutor: SerialExecutor {
  private let queue: DispatchQueue

  /// Queues of all sessions share what threads the system gives to work that keeps a processor busy.
  init() {
    queue = DispatchQueue(label: "playground session", target: .global(qos: .userInitiated))
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// What one page of the playground trains.
package actor PlaygroundSession {
  /// How the page names it.
  package nonisolated let name: String
  private let executor = TrainingExecutor()
  private var network: PlaygroundNetwork?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  init(name: String) { self.name = name }

  /// Starts anew with settings and returns the complete first frame; with wrong settings nothing
  /// changes.
  ///
  /// - Throws: `NNError` that says what does not fit.
  package func configure(_ settings: PlaygroundSettings) throws(NNError) -> [UInt8] {
    let network = try PlaygroundNetwork(PlaygroundExperiment(settings))
    let frame = try network.frame(isComplete: true, session: name)
    self.network = network
    return frame
  }

  /// Trains on and returns the frame then.
  package func advance(_ advance: PlaygroundNetwork.Advance) throws(NNError) -> [UInt8] {
    let network = try configured()
    // Requests that have waited while the server stopped must not begin to train.
    guard !Task.isCancelled else { throw .failed("the server is stopping") }
    network.advance(advance)
    return try network.frame(isComplete: false)
  }

  /// Sets a weight or bias and returns the frame then.
  package func set(
    _ place: PlaygroundNetwork.WeightPlace, to value: Double
  ) throws(NNError) -> [UInt8] {
    let network = try configured()
    try network.set(place, to: value)
    return try network.frame(isComplete: false)
  }

  /// The config, the program and the table of what is on screen.
  package func texts() throws(NNError) -> (yaml: String, program: String, table: String?) {
    let experiment = try configured().experiment
    return (experiment.yaml, experiment.program, experiment.table)
  }

  private func configured() throws(NNError) -> PlaygroundNetwork {
    guard let network else { throw .invalid("the session has no settings yet") }
    return network
  }
}
