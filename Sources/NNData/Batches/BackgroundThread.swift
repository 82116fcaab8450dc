import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A thread that runs a fixed closure on request.
///
/// What was written before `start()` is visible to the work, and what the work wrote is visible
/// after `wait()`.
final class BackgroundThread {
  private enum Phase { case idle, started, stopping }

  /// The state that both threads share.
  ///
  /// - Important: `@unchecked Sendable` is sound because `phase` is touched only under the lock.
  private final class Shared: @unchecked Sendable {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    let work: @Sendable () -> Void
    var phase = Phase.idle

    init(work: @escaping @Sendable () -> Void) {
      self.work = work
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(changed, nil)
    }

    deinit {
      pthread_cond_destroy(changed)
      pthread_mutex_destroy(mutex)
      changed.deallocate()
      mutex.deallocate()
    }

    /// Waits until the phase is idle and sets it.
    func setWhenIdle(_ next: Phase) {
      pthread_mutex_lock(mutex)
      while phase != .idle { pthread_cond_wait(changed, mutex) }
      phase = next
      // A thread that stays idle is not woken.
      if next != .idle { pthread_cond_broadcast(changed) }
      pthread_mutex_unlock(mutex)
    }

    /// Runs the closure for every start until the phase is stopping.
    func run() {
      while true {
        pthread_mutex_lock(mutex)
        while phase == .idle { pthread_cond_wait(changed, mutex) }
        let stops = phase == .stopping
        pthread_mutex_unlock(mutex)
        if stops { return }
        work()
        pthread_mutex_lock(mutex)
        phase = .idle
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
      }
    }
  }

  private let shared: Shared
  private let thread: SystemThread?

  /// Starts the thread; when the system cannot create one, the caller runs the closure.
  init(work: @escaping @Sendable () -> Void) {
    let shared = Shared(work: work)
    self.shared = shared
    thread = try? SystemThread { shared.run() }
  }

  deinit {
    guard let thread else { return }
    shared.setWhenIdle(.stopping)
    thread.join()
  }

  /// Runs the closure once, after waiting for the previous run.
  func start() {
    if thread == nil { shared.work() } else { shared.setWhenIdle(.started) }
  }

  /// Returns when the work is done.
  func wait() {
    if thread != nil { shared.setWhenIdle(.idle) }
  }
}
