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

  /// The text of a delivery and the place behind it.
  private func take(after place: Int?) -> (text: String, place: Int)? {
    clock.advance(50)
    guard case .events(let text, let place) = feed.delivery(after: place) else { return nil }
    return (text, place)
  }

  private func steps(in text: String) -> [Int] {
    text.matches(of: /"event": "step", "step": (\d+)/).compactMap { Int($0.1) }
  }

  @Test func aPageGetsTheHistoryAndThenWhatIsNewest() throws {
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
    // Of a thousand steps between two frames the next has a few, the newest among them.
    for number in 11...1011 { try step(number) }
    let second = try #require(take(after: first.place))
    #expect(second.text.hasPrefix("event: update\n"))
    #expect(steps(in: second.text).last == 1011)
    #expect((2...17).contains(steps(in: second.text).count))
    #expect(take(after: second.place) == nil)
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
    let text = try #require(take(after: first.place)).text
    #expect(steps(in: text) == [4099, 4100, 4112])
    #expect(text.contains("\"grad_norm\": 0.5"))
  }

  @Test func theStartIsNotLostWhenStepsFollowAtOnce() throws {
    let first = try #require(take(after: nil))
    #expect(first.text.contains("\"state\": \"preparing\""))
    try start()
    try step(1)
    try epoch(1)
    let text = try #require(take(after: first.place)).text
    #expect(text.contains("\"event\": \"start\""))
    #expect(steps(in: text) == [1])
  }

  @Test func framesComeAtMostEvery40Milliseconds() throws {
    try start()
    var place = try #require(take(after: nil)).place
    var frames = 0
    // A page that asks every millisecond for a second, while a step takes half of that.
    for millisecond in 1...1000 {
      try step(2 * millisecond - 1)
      try step(2 * millisecond)
      clock.advance(1)
      if case .events(_, let next) = feed.delivery(after: place) {
        #expect(next == place + 1)
        place = next
        frames += 1
      }
    }
    #expect(frames == 25)
  }

  @Test func manyPagesTogetherGetNoMoreThan400UpdatesASecond() {
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
    // The best epoch is there although thinning would have dropped it, and so are the last ones.
    #expect(text.contains("\"event\": \"epoch\", \"epoch\": 3,"))
    #expect(text.contains("\"event\": \"epoch\", \"epoch\": 1000,"))
    #expect(text.utf8.count < 400_000)
  }

  @Test func aPageThatComesTooLateGetsTheHistoryAgain() throws {
    try start()
    let first = try #require(take(after: nil))
    var other = first.place
    for number in 1...60 {
      try step(number)
      other = try #require(take(after: other)).place
    }
    // Forty frames are kept: a page twenty behind gets them together, one sixty behind the history.
    let little = try #require(take(after: other - 20)).text
    #expect(little.matches(of: /event: update\n/).count == 20)
    #expect(steps(in: little) == Array(41...60))
    let late = try #require(take(after: first.place)).text
    #expect(late.hasPrefix("event: history"))
    #expect(steps(in: late) == Array(1...60))
  }

  @Test func epochsBetweenTwoFramesAreAllTold() throws {
    try start()
    let place = try #require(take(after: nil)).place
    for number in 1...5 { try epoch(number) }
    let text = try #require(take(after: place)).text
    let told = text.matches(of: /"event": "epoch", "epoch": (\d+)/).compactMap { Int($0.1) }
    #expect(told == Array(1...5))
  }

  @Test func theEndIsToldToEveryPageAndNothingFollows() throws {
    try start()
    let place = try #require(take(after: nil)).place
    try step(1)
    try feed.receive(.finished(.interrupted))
    feed.end()
    clock.advance(50)
    guard case .end(let text) = feed.delivery(after: place) else {
      Issue.record("the stream goes on")
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

  @Test func aFailureIsToldWithItsReason() throws {
    try start()
    let place = try #require(take(after: nil)).place
    feed.end(failure: "the loss became nan")
    clock.advance(50)
    guard case .end(let text) = feed.delivery(after: place) else {
      Issue.record("the stream goes on")
      return
    }
    #expect(text.contains("\"state\": \"failed\""))
    #expect(text.contains("\"message\": \"the loss became nan\""))
  }

  @Test func rateAndRemainingTimeFollowTheSteps() throws {
    try start()
    let place = try #require(take(after: nil)).place
    // 100 steps of 8 rows a second, of 10,000.
    for second in 0..<4 {
      for number in 1...100 { try step(100 * second + number) }
      clock.advance(1000)
      _ = feed.delivery(after: place)
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
