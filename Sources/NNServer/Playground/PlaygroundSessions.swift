import Synchronization

/// Why a request to the playground is turned away, beside wrong settings.
package enum PlaygroundRefusal: Error, Hashable {
  /// There are as many sessions as allowed; one may be free after so many seconds.
  case full(limit: Int, retryAfter: Int)
  /// The session has more requests waiting than a page makes.
  case busy
  /// There is no such session, or no more.
  case gone(idleMinutes: Int)
}

/// The sessions of the playground: bounded in number and idle time.
package final class PlaygroundSessions: Sendable {
  /// What a playground allows.
  package struct Limits: Sendable, Hashable {
    /// Sessions at once.
    package var sessions = 32
    /// How long a session stays without a request.
    package var idle = Duration.seconds(600)
    /// Requests of a session that may wait.
    package var waiting = 4

    /// The usual ones.
    package init() {}
  }

  private struct Entry {
    let session: PlaygroundSession
    var lastUse: ContinuousClock.Instant
    var waiting: Int
  }

  package let limits: Limits
  private let now: @Sendable () -> ContinuousClock.Instant
  private let entries = Mutex<[String: Entry]>([:])

  /// Creates an empty house.
  ///
  /// - Parameter now: What tells the time.
  package init(
    limits: Limits = Limits(),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock().now }
  ) {
    self.limits = limits
    self.now = now
  }

  /// The sessions there are, expired ones left out.
  package var count: Int {
    removeExpired()
    return entries.withLock { $0.count }
  }

  /// Lets sessions go whose pages have not asked for anything for too long.
  package func removeExpired() {
    let limit = now() - limits.idle
    entries.withLock { entries in
      entries = entries.filter { $0.value.lastUse > limit || $0.value.waiting > 0 }
    }
  }

  /// Lets a session go; one that is not there is no error.
  package func remove(_ name: String) {
    entries.withLock { _ = $0.removeValue(forKey: name) }
  }

  /// Opens a session and returns its first frame. Wrong settings leave none behind.
  ///
  /// - Throws: `PlaygroundRefusal.full`, or `NNError` for the settings.
  package func open(_ settings: PlaygroundSettings) async throws -> [UInt8] {
    removeExpired()
    let now = now()
    let session = PlaygroundSession(name: Self.randomName())
    try entries.withLock { entries throws(PlaygroundRefusal) in
      guard entries.count < limits.sessions else {
        let oldest = entries.values.map(\.lastUse).min() ?? now
        let seconds = (oldest + limits.idle - now).components.seconds
        throw .full(limit: limits.sessions, retryAfter: Int(min(60, max(1, seconds))))
      }
      entries[session.name] = Entry(session: session, lastUse: now, waiting: 0)
    }
    do {
      return try await use(session.name) { session in
        try await session.configure(settings)
      }
    } catch {
      remove(session.name)
      throw error
    }
  }

  /// Does something with a session, which counts as use of it from beginning to end.
  ///
  /// - Throws: `PlaygroundRefusal.gone` or `busy`, or what the body throws.
  package func use<Result: Sendable>(
    _ name: String, _ body: (PlaygroundSession) async throws -> Result
  ) async throws -> Result {
    removeExpired()
    let start = now()
    let session = try entries.withLock { entries throws(PlaygroundRefusal) in
      guard let entry = entries[name] else {
        throw .gone(idleMinutes: max(1, Int(limits.idle.components.seconds / 60)))
      }
      guard entry.waiting < limits.waiting else { throw .busy }
      entries[name]?.waiting += 1
      entries[name]?.lastUse = start
      return entry.session
    }
    defer {
      let end = now()
      entries.withLock { entries in
        entries[name]?.waiting -= 1
        entries[name]?.lastUse = end
      }
    }
    return try await body(session)
  }

  /// 128 random bits, so that nobody guesses the session of another page.
  private static func randomName() -> String {
    var generator = SystemRandomNumberGenerator()
    return [generator.next(), generator.next()].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
