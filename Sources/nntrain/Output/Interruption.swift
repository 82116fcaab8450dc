import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C and polite requests to end, remembered until the run can save its state.
enum Interruption {
  private static let count = Atomic<Int>(0)

  /// The exit status of a command that was interrupted after saving.
  static let exitStatus: Int32 = 130

  /// From now on the first SIGINT or SIGTERM is only remembered; the second ends the process at once.
  ///
  /// A reader of the output that goes away does not end the process any more.
  static func catchSignals() {
    // The handler must not be the first to touch the counter: that may take a lock.
    count.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Interruption.count.wrappingAdd(1, ordering: .relaxed).newValue > 1 {
          _exit(Interruption.exitStatus)
        }
      }
    }
    signal(SIGPIPE, SIG_IGN)
    // Whoever started this program may have blocked the signals for its own threads.
    var caught = sigset_t()
    sigemptyset(&caught)
    for number in [SIGINT, SIGTERM] { sigaddset(&caught, number) }
    pthread_sigmask(SIG_UNBLOCK, &caught, nil)
  }

  /// From now on signals end the process again.
  static func release() {
    for number in [SIGINT, SIGTERM, SIGPIPE] { signal(number, SIG_DFL) }
  }

  /// Asks to stop as Ctrl-C does; what is asked before ``catchSignals()`` does not count.
  static func request() {
    _ = count.compareExchange(expected: 0, desired: 1, ordering: .relaxed)
  }

  /// Whether the user asked to stop.
  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }
}
