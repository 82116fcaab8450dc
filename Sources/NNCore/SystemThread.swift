#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A thread of the system that runs one closure, for work that must not wait for Swift's executors.
///
/// All signals are blocked on it, so that Ctrl-C is handled by the program's main thread.
package struct SystemThread: Sendable {
  #if canImport(Darwin)
    // A pointer on that platform. It is written once and only used to join the thread.
    nonisolated(unsafe) private let thread: pthread_t
  #else
    private let thread: pthread_t
  #endif

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    package init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts the thread.
  ///
  /// - Throws: `NNError` if the system cannot create a thread.
  package init(_ body: @escaping @Sendable () -> Void) throws(NNError) {
    let work = Unmanaged.passRetained(Work(body))
    // The thread inherits the signal mask.
    var all = sigset_t()
    var previous = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    #if canImport(Darwin)
      var started: pthread_t?
      let status = pthread_create(&started, nil, Self.main, work.toOpaque())
    #else
      var thread = pthread_t()
      let status = pthread_create(&thread, nil, Self.main, work.toOpaque())
      let started: pthread_t? = thread
    #endif
    guard status == 0, let started else {
      work.release()
      throw .failed("cannot start a thread: \(String(cString: strerror(status)))")
    }
    self.thread = started
  }

  /// Returns when the closure has ended and the thread is gone. Must be called once, unless the thread is detached.
  package func join() { pthread_join(thread, nil) }

  /// Lets the thread end by itself. Instead of `join()`.
  package func detach() { pthread_detach(thread) }

  #if canImport(Darwin)
    private static let main: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? =
      {
        Unmanaged<Work>.fromOpaque($0).takeRetainedValue().body()
        return nil
      }
  #else
    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
      {
        if let work = $0 { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
      }
  #endif
}
