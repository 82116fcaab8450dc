import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C, a terminal that closes and polite requests to end, remembered until the run can save its
/// state.
enum Interruption {
  private static let count = Atomic<Int>(0)
  private static let status = Atomic<Int32>(130)

  /// The exit status of a command that was interrupted after saving: 130, after SIGHUP 129.
  static var exitStatus: Int32 { status.load(ordering: .relaxed) }

  /// From now on the first SIGINT, SIGTERM or SIGHUP is only remembered; a second SIGINT or SIGTERM
  /// ends the process at once. A SIGHUP that is ignored, as `nohup` has it, stays so.
  ///
  /// A reader of the output that goes away does not end the process any more.
  static func catchSignals() {
    // The handler must not be the first to touch the counters: that may take a lock.
    count.store(0, ordering: .relaxed)
    status.store(130, ordering: .relaxed)
    signal(SIGPIPE, SIG_IGN)
    // Whoever started this program may have blocked the signals for its own threads.
    var caught = sigset_t()
    sigemptyset(&caught)
    for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(SIGHUP) {
      signal(number) { number in
        if number == SIGHUP {
          // A terminal that closes sends it twice, and a session that ends next to SIGTERM.
          Interruption.status.store(129, ordering: .relaxed)
          Interruption.request()
        } else if Interruption.count.wrappingAdd(1, ordering: .relaxed).newValue > 1 {
          _exit(Interruption.exitStatus)
        }
      }
      sigaddset(&caught, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &caught, nil)
  }

  /// From now on signals end the process again; a reader that goes away still does not.
  static func release() {
    for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(SIGHUP) {
      signal(number, SIG_DFL)
    }
  }

  /// From now on a file that grows beyond what the process may write is an error of the call that
  /// writes it ("File too large"), which no longer ends the process.
  static func reportFileSizeLimit() { signal(SIGXFSZ, SIG_IGN) }

  /// Asks to stop as Ctrl-C does; what is asked before ``catchSignals()`` does not count.
  static func request() {
    _ = count.compareExchange(expected: 0, desired: 1, ordering: .relaxed)
  }

  /// Whether the user asked to stop.
  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
