/// Monotonic time in seconds.
enum Seconds {
  private static let start = ContinuousClock.now

  /// Seconds since the first call.
  static var now: Double {
    let elapsed = ContinuousClock.now - start
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}
