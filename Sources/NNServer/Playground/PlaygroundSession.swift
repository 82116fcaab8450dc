import Foundation
package import NNCore

/// A serial executor with its own threads, so that training blocks neither the server's event loop
/// nor the threads that answer requests.
final class TrainingExecutor: SerialExecutor {
  private let queue: DispatchQueue

  /// The queues of all sessions share the system's threads for CPU-bound work.
  init() {
    queue = DispatchQueue(label: "playground session", target: .global(qos: .userInitiated))
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// The session of one page of the playground.
package actor PlaygroundSession {
  /// The name by which the page refers to the session.
  package nonisolated let name: String
  private let executor = TrainingExecutor()
  private var network: PlaygroundNetwork?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  init(name: String) { self.name = name }

  /// Restarts with settings and returns the complete first frame; invalid settings change nothing.
  ///
  /// - Throws: `NNError` for invalid settings.
  package func configure(_ settings: PlaygroundSettings) throws(NNError) -> [UInt8] {
    let network = try PlaygroundNetwork(PlaygroundExperiment(settings))
    let frame = try network.frame(isComplete: true, session: name)
    self.network = network
    return frame
  }

  /// Continues training and returns the next frame.
  package func advance(_ advance: PlaygroundNetwork.Advance) throws(NNError) -> [UInt8] {
    let network = try configured()
    // Requests that were waiting when the server stopped must not begin to train.
    guard !Task.isCancelled else { throw .failed("the server is stopping") }
    network.advance(advance)
    return try network.frame(isComplete: false)
  }

  /// Sets a weight or bias and returns the next frame.
  package func set(
    _ index: PlaygroundNetwork.WeightIndex, to value: Double
  ) throws(NNError) -> [UInt8] {
    let network = try configured()
    try network.set(index, to: value)
    return try network.frame(isComplete: false)
  }

  /// The config, the program and the table of the current experiment.
  package func texts() throws(NNError) -> (yaml: String, program: String, table: String?) {
    let experiment = try configured().experiment
    return (experiment.yaml, experiment.program, experiment.table)
  }

  private func configured() throws(NNError) -> PlaygroundNetwork {
    guard let network else { throw .invalid("the session has no settings yet") }
    return network
  }
}
