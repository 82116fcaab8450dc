package import NNCore

/// Keeps the weights file of a run up to date without writing it after every improvement.
///
/// Writing and syncing a file takes longer than an epoch of a small network. So new weights wait in
/// memory until their ``WritePace`` allows writing. Callers that need the file to be current call
/// `flush()`: before a checkpoint, so that a checkpoint never has better weights than the file, and
/// when the run ends for any reason.
package struct ModelSaver {
  /// The version of weights; within a run, equal versions are the same weights.
  package enum Version: Hashable, Sendable {
    /// The best weights so far, from an epoch counted from 1.
    case best(epoch: Int)
    /// The latest weights, after a number of steps.
    case last(step: Int)
  }

  /// A version and its tensors.
  package struct Weights {
    let version: Version
    let tensors: [(name: String, tensor: HostTensor)]

    /// Creates weights with a version.
    package init(_ version: Version, _ tensors: [(name: String, tensor: HostTensor)]) {
      self.version = version
      self.tensors = tensors
    }
  }

  private let write: ([(name: String, tensor: HostTensor)]) throws(NNError) -> Void
  private var waiting: Weights?
  private var written: Version?
  private var pace = WritePace()

  /// Creates a saver that has written nothing yet.
  ///
  /// - Parameter write: Writes the file.
  package init(
    write: @escaping ([(name: String, tensor: HostTensor)]) throws(NNError) -> Void
  ) {
    self.write = write
  }

  /// Replaces the waiting weights, and writes them if it is time.
  ///
  /// - Parameter now: The time in seconds, on any clock.
  /// - Throws: `NNError` if the file cannot be written.
  package mutating func save(_ weights: Weights, now: Double) throws(NNError) {
    waiting = weights.version == written ? nil : weights
    try flushIfDue(now: now)
  }

  /// Writes waiting weights if it is time.
  ///
  /// - Parameter now: The time in seconds, on the clock of `save(_:now:)`.
  /// - Throws: `NNError` if the file cannot be written.
  package mutating func flushIfDue(now: @autoclosure () -> Double) throws(NNError) {
    guard waiting != nil else { return }
    let now = now()
    guard pace.isDue(now: now) else { return }
    try flush()
    pace.wrote(now: now)
  }

  /// Discards the record of what the file contains, because the file was removed.
  package mutating func forget() { written = nil }

  /// Writes waiting weights.
  ///
  /// - Throws: `NNError` if the file cannot be written; the weights then keep waiting.
  package mutating func flush() throws(NNError) {
    guard let weights = waiting else { return }
    try write(weights.tensors)
    written = weights.version
    waiting = nil
  }
}
