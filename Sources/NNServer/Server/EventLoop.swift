#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Waits for what happens on the listener, the connections and the doorbell, and has it dealt with.
///
/// It is made and used on one thread, and neither it nor a connection ever waits for anything else.
struct EventLoop {
  /// The most connections accepted before those that are there have their turn again.
  private static let acceptedAtOnce = 64
  /// How long no connection is accepted where the system has no descriptor left.
  private static let exhaustionTime = Duration.seconds(1)

  private let listener: Int32
  private let service: Service
  private let places: Int
  private let clock = ContinuousClock()
  private var connections: [Int: Connection] = [:]
  private var lastNumber = 0
  /// Until when no connection is accepted.
  private var pauseEnd: ContinuousClock.Instant?
  private var buffer = [UInt8](repeating: 0, count: 16 << 10)
  /// What the system is asked about, the doorbell and the listener first.
  private var polled: [pollfd] = []
  private var polledConnections: [Connection] = []

  /// A loop for a listener, which it closes in the end.
  ///
  /// - Parameters:
  ///   - places: Connections at a time.
  init(listener: Int32, service: Service, places: Int) {
    self.listener = listener
    self.service = service
    self.places = places
  }

  /// Runs until the doorbell says that it shall end; then everything is closed.
  mutating func run() {
    while true {
      let news = wait()
      let (ringing, isStopping) = service.doorbell.answer()
      if isStopping { break }
      let now = clock.now
      for number in ringing { connections[number]?.collect(at: now) }
      for (events, connection) in zip(polled.dropFirst(2).map(\.revents), polledConnections)
      where news {
        attend(to: connection, Int32(events), at: now)
      }
      closeExpired(at: now)
      connections = connections.filter { !$0.value.isClosed }
      if news, polled[1].revents != 0 { accept(at: now) }
    }
    let now = clock.now
    for connection in connections.values {
      // What was written before the stop still goes out, as far as the system takes it.
      connection.collect(at: now)
      connection.close()
    }
    Sockets.release(listener)
  }

  /// Waits for the next event or deadline; false where there is no event of a descriptor.
  private mutating func wait() -> Bool {
    let now = clock.now
    if let end = pauseEnd, end <= now { pauseEnd = nil }
    polled.removeAll(keepingCapacity: true)
    polledConnections.removeAll(keepingCapacity: true)
    let accepts = pauseEnd == nil && (connections.count < places || oldestStranger != nil)
    polled.append(pollfd(fd: service.doorbell.reading, events: Int16(POLLIN), revents: 0))
    polled.append(pollfd(fd: listener, events: accepts ? Int16(POLLIN) : 0, revents: 0))
    var next = pauseEnd
    for connection in connections.values {
      let events = (connection.wantsInput ? POLLIN : 0) | (connection.hasOutput ? POLLOUT : 0)
      polled.append(pollfd(fd: connection.descriptor, events: Int16(events), revents: 0))
      polledConnections.append(connection)
      if let deadline = connection.deadline { next = min(next ?? deadline, deadline) }
    }
    let count = poll(&polled, nfds_t(polled.count), Self.milliseconds(from: now, to: next))
    // The system has no memory for it, or the process was forbidden so many descriptors meanwhile.
    if count < 0 { usleep(10_000) }
    return count > 0
  }

  private static func milliseconds(
    from now: ContinuousClock.Instant, to next: ContinuousClock.Instant?
  ) -> Int32 {
    guard let next else { return -1 }
    // Rounded up, so that the deadline is over then.
    return Int32(min(60_000, max(0, (now.duration(to: next) / .milliseconds(1)).rounded(.up))))
  }

  private mutating func attend(
    to connection: Connection, _ events: Int32, at now: ContinuousClock.Instant
  ) {
    if connection.isClosed || events == 0 { return }
    if events & POLLOUT != 0 { connection.flush(at: now) }
    if connection.isClosed { return }
    if connection.wantsInput {
      connection.receive(into: &buffer, at: now)
    } else if events & (POLLERR | POLLHUP | POLLNVAL) != 0 {
      connection.close()
    }
  }

  private func closeExpired(at now: ContinuousClock.Instant) {
    for connection in connections.values {
      if let deadline = connection.deadline, deadline <= now { connection.close() }
    }
  }

  private mutating func accept(at now: ContinuousClock.Instant) {
    // Those that came first are read before they could have to give way.
    for _ in 0..<max(1, min(Self.acceptedAtOnce, places / 4)) {
      if connections.count >= places, oldestStranger == nil { return }
      switch Sockets.nextConnection(of: listener) {
      case .none: return
      case .exhausted:
        pauseEnd = now + Self.exhaustionTime
        return
      case .connection(let descriptor):
        lastNumber += 1
        connections[lastNumber] = Connection(
          descriptor, number: lastNumber, service: service, at: now)
      }
      if connections.count > places, let stranger = oldestStranger {
        stranger.close()
        connections[stranger.number] = nil
      }
    }
  }

  /// The connection without a request that had the token which is there for the longest time.
  private var oldestStranger: Connection? {
    connections.values.filter { !$0.hasShownToken }.min { $0.number < $1.number }
  }
}
