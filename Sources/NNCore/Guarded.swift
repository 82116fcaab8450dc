#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A value that one thread at a time may use.
///
/// In place of the standard library's `Mutex`, which on Linux is invisible to the thread sanitizer.
///
/// - Important: `@unchecked Sendable` is sound because the value is touched only under the lock.
package final class Guarded<Value>: @unchecked Sendable {
  private let lock = Lock()
  private var value: Value

  /// Creates a guarded value.
  package init(_ value: sending Value) { self.value = value }

  /// Calls `body` with the value under the lock, which it must not take again.
  package func withLock<Result, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}

/// A lock of threads, for a value whose protection the compiler cannot verify; otherwise use
/// ``Guarded``.
package final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  /// Creates an open lock.
  package init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Waits until no other thread holds the lock and takes it.
  package func lock() { pthread_mutex_lock(mutex) }

  /// Opens the lock, which this thread holds.
  package func unlock() { pthread_mutex_unlock(mutex) }
}
