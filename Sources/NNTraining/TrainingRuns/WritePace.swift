/// Limits the rate of synced writes, which take longer than an epoch of a small network: at least
/// ``interval`` lies between two of them.
package struct WritePace: Sendable {
  /// Seconds from the end of a write to the next one.
  package static let interval = 1.0

  private var lastWrite = -Double.infinity

  /// Creates a pace whose first write is due immediately.
  package init() {}

  /// Whether the next write may begin.
  ///
  /// - Parameter now: The time in seconds, on any clock.
  package func isDue(now: Double) -> Bool { now - lastWrite >= Self.interval }

  /// Records a write that has ended.
  ///
  /// - Parameter now: The time in seconds, on the clock of `isDue(now:)`.
  package mutating func wrote(now: Double) { lastWrite = now }
}
