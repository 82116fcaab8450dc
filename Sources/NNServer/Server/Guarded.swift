import Foundation

/// A value that one thread at a time may use.
///
/// Like `Mutex`, but visible to the thread sanitizer.
///
/// - Important: `@unchecked Sendable` is sound because the value is touched only under the lock.
final class Guarded<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  /// Creates a guarded value.
  init(_ value: Value) { self.value = value }

  /// Calls `body` with the value under the lock.
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
