import NNServer
import NNTestSupport
import NeuralNet
import Synchronization
import Testing

/// Sessions: bounded in number and idle time, independent of each other.
@Suite struct PlaygroundSessionsTests {
  /// A clock that tests advance.
  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock().now)
    func now() -> ContinuousClock.Instant { time.withLock { $0 } }
    func wait(_ duration: Duration) { time.withLock { $0 += duration } }
  }

  private static var quick: PlaygroundSettings {
    PlaygroundSettings {
      ($0.hidden, $0.samples) = ([2], 20); $0.batchSize = 5
    }
  }

  private func name(_ frame: [UInt8]) throws -> String { try Frame(frame).text("session") }

  private func limited(_ sessions: Int, _ clock: Clock = Clock()) -> PlaygroundSessions {
    var limits = PlaygroundSessions.Limits()
    limits.sessions = sessions
    return PlaygroundSessions(limits: limits, now: { clock.now() })
  }

  @Test func namesAreLongAndDiffer() async throws {
    let sessions = limited(20)
    var names: Set<String> = []
    for _ in 0..<20 { names.insert(try name(await sessions.open(Self.quick))) }
    #expect(names.count == 20)
    #expect(names.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
  }

  @Test func moreThanAllowedAreRejected() async throws {
    let clock = Clock()
    let sessions = limited(2, clock)
    let first = try name(await sessions.open(Self.quick))
    _ = try await sessions.open(Self.quick)
    await #expect(throws: PlaygroundRefusal.full(limit: 2, retryAfter: 60)) {
      _ = try await sessions.open(Self.quick)
    }
    clock.wait(.seconds(590))
    await #expect(throws: PlaygroundRefusal.full(limit: 2, retryAfter: 10)) {
      _ = try await sessions.open(Self.quick)
    }
    sessions.remove(first)
    _ = try await sessions.open(Self.quick)
    #expect(sessions.count == 2)
  }

  @Test func idleOnesExpire() async throws {
    let clock = Clock()
    let sessions = limited(2, clock)
    let (idle, used) = (
      try name(await sessions.open(Self.quick)), try name(await sessions.open(Self.quick))
    )
    clock.wait(.seconds(400))
    _ = try await sessions.use(used) { session in
      try await session.advance(.steps(1))
    }
    clock.wait(.seconds(201))
    #expect(sessions.count == 1)
    await #expect(throws: PlaygroundRefusal.gone(idleMinutes: 10)) {
      try await sessions.use(idle) { _ in }
    }
    _ = try await sessions.open(Self.quick)
    try await sessions.use(used) { _ in }
  }

  @Test func invalidSettingsOpenNoSession() async throws {
    let sessions = limited(1)
    await #expect(throws: NNError.self) {
      _ = try await sessions.open(PlaygroundSettings { $0.loss = .huber })
    }
    #expect(sessions.count == 0)
    let own = try name(await sessions.open(Self.quick))
    let before = try await sessions.use(own) { session in
      try await session.advance(.steps(2))
    }
    await #expect(throws: NNError.self) {
      _ = try await sessions.use(own) { session in
        try await session.configure(PlaygroundSettings { $0.loss = .huber })
      }
    }
    // The session continues with its previous settings.
    let after = try await sessions.use(own) { session in
      try await session.advance(.steps(0))
    }
    #expect(try Frame(before).integer("step") == 2)
    #expect(try Frame(after).integer("step") == 3)
  }

  @Test func requestsThatWaitAreBounded() async throws {
    let sessions = limited(1)
    let own = try name(await sessions.open(Self.quick))
    let refused = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<12 {
        group.addTask {
          do {
            _ = try await sessions.use(own) { session in
              try await session.advance(.milliseconds(100))
            }
            return false
          } catch { return error as? PlaygroundRefusal == .busy }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(refused >= 1 && refused <= 8)
    _ = try await sessions.use(own) { session in
      try await session.advance(.steps(1))
    }
  }

  /// Many at once produce the same as each alone.
  @Test func sessionsDoNotTouchEachOther() async throws {
    let sessions = limited(8)
    let frames = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
      for seed in 0..<8 {
        group.addTask {
          let settings = PlaygroundSettings {
            ($0.seed, $0.source) = (seed / 2, seed / 2 % 2 == 0 ? .moons : .sine)
          }
          let own = try self.name(await sessions.open(settings))
          var frame: [UInt8] = []
          for _ in 0..<10 {
            frame = try await sessions.use(own) { session in
              try await session.advance(.steps(3))
            }
          }
          return (seed, frame)
        }
      }
      return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
    }
    for seed in 0..<4 {
      let alone = try network {
        ($0.seed, $0.source) = (seed, seed % 2 == 0 ? .moons : .sine)
      }
      alone.advance(.steps(30))
      let expected = try alone.frame(isComplete: false)
      #expect(frames[2 * seed] == expected)
      #expect(frames[2 * seed + 1] == expected)
    }
  }
}
