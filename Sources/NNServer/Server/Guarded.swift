import Foundation

/// A value that one thread at a time may use.
///
/// Like `Mutex`, but the thread sanitizer sees it, too, where threads wait for each other.
///
/// - Important: `@unchecked Sendable` is sound because the value is touched only under the lock.
final class Guarded<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  /// Guards a value.
  init(_ value: Value) { self.value = value }

  /// Uses the value; others wait meanwhile.
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
