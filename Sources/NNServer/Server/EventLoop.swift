#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Waits for events on the listener, the connections and the doorbell, and handles them.
///
/// It is created and used on one thread, and neither it nor a connection blocks on anything else.
struct EventLoop {
  /// The maximum number of connections accepted before existing ones are handled again.
  private static let acceptedAtOnce = 64
  /// The time without accepting after the system has run out of descriptors.
  private static let exhaustionTime = Duration.seconds(1)

  private let listener: Int32
  private let service: Service
  private let maximumConnections: Int
  private let clock = ContinuousClock()
  private var connections: [Int: Connection] = [:]
  private var lastNumber = 0
  /// The time until which no connection is accepted.
  private var pauseEnd: ContinuousClock.Instant?
  private var buffer = [UInt8](repeating: 0, count: 16 << 10)
  /// The polled descriptors, the doorbell and the listener first.
  private var polled: [pollfd] = []
  private var polledConnections: [Connection] = []

  /// Creates a loop for a listener, which it closes at the end.
  ///
  /// - Parameters:
  ///   - maximumConnections: The maximum number of connections at a time.
  init(listener: Int32, service: Service, maximumConnections: Int) {
    self.listener = listener
    self.service = service
    self.maximumConnections = maximumConnections
  }

  /// Runs until the doorbell requests the end; then everything is closed.
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
      // Output from before the stop is still sent, as far as the sockets accept it.
      connection.collect(at: now)
      connection.close()
    }
    Sockets.release(listener)
  }

  /// Waits for the next event or deadline; false if no descriptor has an event.
  private mutating func wait() -> Bool {
    let now = clock.now
    if let end = pauseEnd, end <= now { pauseEnd = nil }
    polled.removeAll(keepingCapacity: true)
    polledConnections.removeAll(keepingCapacity: true)
    let accepts =
      pauseEnd == nil && (connections.count < maximumConnections || oldestUnauthorized != nil)
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
    // The system is out of memory, or the limit of descriptors was lowered meanwhile.
    if count < 0 { usleep(10_000) }
    return count > 0
  }

  private static func milliseconds(
    from now: ContinuousClock.Instant, to next: ContinuousClock.Instant?
  ) -> Int32 {
    guard let next else { return -1 }
    // Rounded up, so that the deadline has passed then.
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
    // Earlier connections are read before they may have to be closed for new ones.
    for _ in 0..<max(1, min(Self.acceptedAtOnce, maximumConnections / 4)) {
      if connections.count >= maximumConnections, oldestUnauthorized == nil { return }
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
      if connections.count > maximumConnections, let oldest = oldestUnauthorized {
        oldest.close()
        connections[oldest.number] = nil
      }
    }
  }

  /// The oldest connection that has not shown the token.
  private var oldestUnauthorized: Connection? {
    connections.values.filter { !$0.hasShownToken }.min { $0.number < $1.number }
  }
}
