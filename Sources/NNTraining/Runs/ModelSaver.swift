package import NNCore

/// Keeps the weights file of a run up to date without writing it at every improvement.
///
/// A file that reaches the disk safely takes longer than an epoch of a small network. So new weights
/// wait in memory until their ``WritePace`` lets them be written. Whoever needs the file
/// to be current calls `flush()`: before a checkpoint, so that a checkpoint never knows better
/// weights than the file holds, and when the run ends, in whatever way.
package struct ModelSaver {
  /// Which weights a file holds; equal ones are the same weights within a run.
  package enum Version: Hashable, Sendable {
    /// The best ones so far, of an epoch counted from 1.
    case best(epoch: Int)
    /// The last ones, after so many steps.
    case last(step: Int)
  }

  /// A version and its tensors.
  package struct Weights {
    let version: Version
    let tensors: [(name: String, tensor: HostTensor)]

    /// Names tensors by their version.
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

  /// Takes weights that replace those before, and writes them if it is time.
  ///
  /// - Parameter now: Seconds on any clock.
  /// - Throws: `NNError` when the file cannot be written.
  package mutating func save(_ weights: Weights, now: Double) throws(NNError) {
    waiting = weights.version == written ? nil : weights
    try flushIfDue(now: now)
  }

  /// Writes what waits once it is time.
  ///
  /// - Parameter now: Seconds on the clock of `save(_:now:)`.
  /// - Throws: `NNError` when the file cannot be written.
  package mutating func flushIfDue(now: @autoclosure () -> Double) throws(NNError) {
    guard waiting != nil else { return }
    let now = now()
    guard pace.isDue(now: now) else { return }
    try flush()
    pace.wrote(now: now)
  }

  /// Forgets what the file holds, since somebody has removed it.
  package mutating func forget() { written = nil }

  /// Writes what waits.
  ///
  /// - Throws: `NNError` when the file cannot be written; the weights go on waiting then.
  package mutating func flush() throws(NNError) {
    guard let weights = waiting else { return }
    try write(weights.tensors)
    written = weights.version
    waiting = nil
  }
}
