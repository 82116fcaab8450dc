import NNCore

/// The reason why a request to the playground is rejected, other than invalid settings.
package enum PlaygroundRefusal: Error, Hashable {
  /// The maximum number of sessions is reached; one may be free after `retryAfter` seconds.
  case full(limit: Int, retryAfter: Int)
  /// The session has too many waiting requests.
  case busy
  /// The session does not exist or has expired.
  case gone(idleMinutes: Int)
}

/// The sessions of the playground: bounded in number and idle time.
package final class PlaygroundSessions: Sendable {
  /// The limits of a playground.
  package struct Limits: Sendable, Hashable {
    /// The maximum number of sessions.
    package var sessions = 32
    /// The lifetime of a session without requests.
    package var idle = Duration.seconds(600)
    /// The maximum number of waiting requests of a session.
    package var waiting = 4

    /// The default limits.
    package init() {}
  }

  private struct Entry {
    let session: PlaygroundSession
    var lastUse: ContinuousClock.Instant
    var waiting: Int
  }

  package let limits: Limits
  private let now: @Sendable () -> ContinuousClock.Instant
  private let entries = Guarded<[String: Entry]>([:])

  /// Creates an empty set of sessions.
  ///
  /// - Parameter now: The clock.
  package init(
    limits: Limits = Limits(),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock().now }
  ) {
    self.limits = limits
    self.now = now
  }

  /// The number of sessions, without expired ones.
  package var count: Int {
    removeExpired()
    return entries.withLock { $0.count }
  }

  /// Removes sessions without a recent request.
  package func removeExpired() {
    let limit = now() - limits.idle
    entries.withLock { entries in
      entries = entries.filter { $0.value.lastUse > limit || $0.value.waiting > 0 }
    }
  }

  /// Removes a session, if it exists.
  package func remove(_ name: String) {
    entries.withLock { _ = $0.removeValue(forKey: name) }
  }

  /// Opens a session and returns its first frame. Invalid settings open none.
  ///
  /// - Throws: `PlaygroundRefusal.full`, or `NNError` for invalid settings.
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

  /// Calls `body` with a session, which does not expire meanwhile.
  ///
  /// - Throws: `PlaygroundRefusal.gone` or `busy`, or what `body` throws.
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

  /// 128 random bits, so that the session of another page cannot be guessed.
  private static func randomName() -> String {
    var generator = SystemRandomNumberGenerator()
    return [generator.next(), generator.next()].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
