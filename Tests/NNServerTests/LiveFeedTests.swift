import NNServer
import NNTraining
import Synchronization
import Testing

@Suite struct LiveFeedTests {
  /// A clock that tests set.
  private final class Clock: Sendable {
    let time = Mutex(Duration.zero)
    func advance(_ milliseconds: Int) { time.withLock { $0 += .milliseconds(milliseconds) } }
  }

  private let clock = Clock()
  private let feed: LiveFeed

  init() throws {
    let clock = clock
    feed = LiveFeed(name: "a \"name\"", folder: "runs/x") { clock.time.withLock { $0 } }
  }

  private func step(_ number: Int, norm: Double? = nil) throws {
    try feed.receive(
      .step(
        .init(
          step: number, epoch: 1 + (number - 1) / 100, stepInEpoch: 1 + (number - 1) % 100,
          loss: 1 / Double(number), learningRate: 0.1, gradientNorm: norm, rows: 8)))
  }

  private func epoch(_ number: Int) throws {
    try feed.receive(
      .epoch(
        .init(
          epoch: number, trainLoss: 1, learningRate: 0.1, seconds: 1, rowsPerSecond: 800,
          isBest: number == 3)))
  }

  private func start() throws {
    try feed.receive(
      .started(.init(epochs: 100, rows: 800, stepsPerEpoch: 100, parameterCount: 5)))
  }

  /// The text of a delivery and the position after it.
  private func take(after position: Int?) -> (text: String, position: Int)? {
    clock.advance(50)
    guard case .events(let text, let newPosition) = feed.delivery(after: position) else {
      return nil
    }
    return (text, newPosition)
  }

  private func steps(in text: String) -> [Int] {
    text.matches(of: /"event": "step", "step": (\d+)/).compactMap { Int($0.1) }
  }

  @Test func aPageReceivesTheHistoryThenUpdates() throws {
    try start()
    for number in 1...10 { try step(number) }
    let first = try #require(take(after: nil))
    #expect(
      first.text.hasPrefix(
        "event: history\ndata: [{\"event\": \"run\", \"name\": \"a \\\"name\\\"\""))
    #expect(first.text.hasSuffix("]\n\n"))
    #expect(steps(in: first.text) == Array(1...10))
    #expect(first.text.contains("\"event\": \"start\", \"epochs\": 100, \"rows\": 800"))
    #expect(first.text.contains("\"state\": \"running\""))
    // Of a thousand steps between two frames the next has a few, including the newest.
    for number in 11...1011 { try step(number) }
    let second = try #require(take(after: first.position))
    #expect(second.text.hasPrefix("event: update\n"))
    #expect(steps(in: second.text).last == 1011)
    #expect((2...17).contains(steps(in: second.text).count))
    #expect(take(after: second.position) == nil)
  }

  @Test func aMeasuredStepIsNotHiddenByLaterOnes() throws {
    try start()
    // From 4096 steps on the history keeps every sixteenth.
    for number in 1...4097 { try step(number) }
    let first = try #require(take(after: nil))
    try step(4098)
    try step(4099, norm: 0.25)
    try step(4100, norm: 0.5)
    for number in 4101...4112 { try step(number) }
    let text = try #require(take(after: first.position)).text
    #expect(steps(in: text) == [4099, 4100, 4112])
    #expect(text.contains("\"grad_norm\": 0.5"))
  }

  @Test func theStartIsNotLostWhenStepsFollowImmediately() throws {
    let first = try #require(take(after: nil))
    #expect(first.text.contains("\"state\": \"preparing\""))
    try start()
    try step(1)
    try epoch(1)
    let text = try #require(take(after: first.position)).text
    #expect(text.contains("\"event\": \"start\""))
    #expect(steps(in: text) == [1])
  }

  @Test func framesAreAtLeast40MillisecondsApart() throws {
    try start()
    var position = try #require(take(after: nil)).position
    var frames = 0
    // A page that requests every millisecond for a second, while a step takes half a millisecond.
    for millisecond in 1...1000 {
      try step(2 * millisecond - 1)
      try step(2 * millisecond)
      clock.advance(1)
      if case .events(_, let next) = feed.delivery(after: position) {
        #expect(next == position + 1)
        position = next
        frames += 1
      }
    }
    #expect(frames == 25)
  }

  @Test func manyPagesTogetherReceiveAtMost400UpdatesPerSecond() {
    for pages in [0, 1, 20] { #expect(LiveFeed.interval(pages: pages) == .milliseconds(50)) }
    for pages in [21, 200, 512] {
      let updates = Double(pages) / (LiveFeed.interval(pages: pages) / .seconds(1))
      #expect(abs(updates - 400) < 1e-6)
    }
  }

  @Test func memoryStaysBoundedHoweverLongTheRun() throws {
    try start()
    for number in 1...100_000 {
      try step(number, norm: number % 10 == 0 ? 1 : nil)
      if number % 100 == 0 { try epoch(number / 100) }
    }
    let text = try #require(take(after: nil)).text
    let shown = steps(in: text)
    #expect(shown.count > 256 && shown.count <= 1025)
    #expect(shown.first == 1 && shown.last == 100_000)
    #expect(shown == shown.sorted())
    // The best epoch is kept although thinning would have dropped it, and so are the last ones.
    #expect(text.contains("\"event\": \"epoch\", \"epoch\": 3,"))
    #expect(text.contains("\"event\": \"epoch\", \"epoch\": 1000,"))
    #expect(text.utf8.count < 400_000)
  }

  @Test func aSlowPageReceivesTheHistoryAgain() throws {
    try start()
    let first = try #require(take(after: nil))
    var other = first.position
    for number in 1...60 {
      try step(number)
      other = try #require(take(after: other)).position
    }
    // Forty frames are kept: a page twenty behind receives them together, one sixty behind the
    // history.
    let little = try #require(take(after: other - 20)).text
    #expect(little.matches(of: /event: update\n/).count == 20)
    #expect(steps(in: little) == Array(41...60))
    let late = try #require(take(after: first.position)).text
    #expect(late.hasPrefix("event: history"))
    #expect(steps(in: late) == Array(1...60))
  }

  @Test func epochsBetweenTwoFramesAreAllSent() throws {
    try start()
    let position = try #require(take(after: nil)).position
    for number in 1...5 { try epoch(number) }
    let text = try #require(take(after: position)).text
    let sent = text.matches(of: /"event": "epoch", "epoch": (\d+)/).compactMap { Int($0.1) }
    #expect(sent == Array(1...5))
  }

  @Test func theEndIsSentToEveryPageAndNothingFollows() throws {
    try start()
    let position = try #require(take(after: nil)).position
    try step(1)
    try feed.receive(.finished(.interrupted))
    feed.end()
    clock.advance(50)
    guard case .end(let text) = feed.delivery(after: position) else {
      Issue.record("the stream continues")
      return
    }
    #expect(text.contains("\"state\": \"interrupted\""))
    #expect(text.contains("{\"event\": \"finish\", \"outcome\": \"interrupted\"}"))
    try step(2)
    clock.advance(50)
    guard case .end(let late) = feed.delivery(after: nil) else {
      Issue.record("a late page waits")
      return
    }
    #expect(late.hasPrefix("event: history"))
  }

  @Test func aFailureIsSentWithItsReason() throws {
    try start()
    let position = try #require(take(after: nil)).position
    feed.end(failure: "the loss became nan")
    clock.advance(50)
    guard case .end(let text) = feed.delivery(after: position) else {
      Issue.record("the stream continues")
      return
    }
    #expect(text.contains("\"state\": \"failed\""))
    #expect(text.contains("\"message\": \"the loss became nan\""))
  }

  @Test func rateAndRemainingTimeFollowTheSteps() throws {
    try start()
    let position = try #require(take(after: nil)).position
    // 100 steps of 8 examples per second, of 10,000.
    for second in 0..<4 {
      for number in 1...100 { try step(100 * second + number) }
      clock.advance(1000)
      _ = feed.delivery(after: position)
    }
    try step(401)
    let text = try #require(take(after: nil)).text
    let left = try #require(
      text.firstMatch(of: /"seconds_left": ([\d.]+)/).flatMap { Double($0.1) })
    let rate = try #require(text.firstMatch(of: /"rows_per_s": ([\d.]+)/).flatMap { Double($0.1) })
    #expect(abs(left - 96) < 3)
    #expect(abs(rate - 800) < 40)
  }
}
