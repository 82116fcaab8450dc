import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Signals that ask the process to end (SIGINT, SIGTERM, SIGHUP), remembered until the run can save
/// its state.
enum Interruption {
  private static let count = Atomic<Int>(0)
  private static let status = Atomic<Int32>(130)

  /// The exit status of a command that was interrupted after saving: 130, after SIGHUP 129.
  static var exitStatus: Int32 { status.load(ordering: .relaxed) }

  /// From now on the first SIGINT, SIGTERM or SIGHUP is only remembered; a second SIGINT or SIGTERM
  /// ends the process at once. A SIGHUP that is ignored, as with `nohup`, stays ignored.
  ///
  /// A closed output pipe (SIGPIPE) no longer ends the process.
  static func catchSignals() {
    // The counters are initialized before the handler uses them, since that may take a lock.
    count.store(0, ordering: .relaxed)
    status.store(130, ordering: .relaxed)
    signal(SIGPIPE, SIG_IGN)
    // The parent process may have blocked the signals.
    var caught = sigset_t()
    sigemptyset(&caught)
    for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(SIGHUP) {
      signal(number) { number in
        if number == SIGHUP {
          // A closing terminal sends it twice, and a session that ends sends SIGTERM as well.
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

  /// From now on signals end the process again, except for SIGPIPE.
  static func release() {
    for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(SIGHUP) {
      signal(number, SIG_DFL)
    }
  }

  /// From now on exceeding the file size limit is an error of the write ("File too large") and no
  /// longer ends the process.
  static func reportFileSizeLimit() { signal(SIGXFSZ, SIG_IGN) }

  /// Requests a stop, like Ctrl-C; requests before ``catchSignals()`` are ignored.
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
