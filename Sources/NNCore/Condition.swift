#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A lock whose holder can wait until another thread reports a change.
package final class Condition: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Creates an open lock.
  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Waits until no other thread holds the lock and takes it.
  package func lock() { pthread_mutex_lock(mutex) }

  /// Opens the lock, which this thread holds.
  package func unlock() { pthread_mutex_unlock(mutex) }

  /// Opens the lock, which this thread holds, until a change is reported, and takes it again; it may
  /// return without one.
  package func wait() { pthread_cond_wait(changed, mutex) }

  /// Wakes all threads that wait.
  package func broadcast() { pthread_cond_broadcast(changed) }
}
