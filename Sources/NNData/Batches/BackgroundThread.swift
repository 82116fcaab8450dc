import NNCore

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
    let condition = Condition()
    let work: @Sendable () -> Void
    var phase = Phase.idle

    init(work: @escaping @Sendable () -> Void) { self.work = work }

    /// Waits until the phase is idle and sets it.
    func setWhenIdle(_ next: Phase) {
      condition.lock()
      while phase != .idle { condition.wait() }
      phase = next
      // A thread that stays idle is not woken.
      if next != .idle { condition.broadcast() }
      condition.unlock()
    }

    /// Runs the closure for every start until the phase is stopping.
    func run() {
      while true {
        condition.lock()
        while phase == .idle { condition.wait() }
        let stops = phase == .stopping
        condition.unlock()
        if stops { return }
        work()
        condition.lock()
        phase = .idle
        condition.broadcast()
        condition.unlock()
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
