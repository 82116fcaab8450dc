/// Spaces the writes of files that must reach the disk, which takes longer than an epoch of a small
/// network: between two of them lies at least ``interval``.
package struct WritePace: Sendable {
  /// Seconds from the end of a write to the next one.
  package static let interval = 1.0

  private var lastWrite = -Double.infinity

  /// A pace at which the first write is due at once.
  package init() {}

  /// Whether the next write may begin.
  ///
  /// - Parameter now: Seconds on any clock.
  package func isDue(now: Double) -> Bool { now - lastWrite >= Self.interval }

  /// Takes note of a write that has ended.
  ///
  /// - Parameter now: Seconds on the clock of `isDue(now:)`.
  package mutating func wrote(now: Double) { lastWrite = now }
}
