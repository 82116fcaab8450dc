public import NNCore
import NNDrawing
import NNFormats
public import NNTraining
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A page that shows a run while it trains.
///
/// ```swift
/// let view = try LiveView(port: 0, name: config.name, folder: folder.path) { isStopped.set() }
/// print(view.address)
/// try run.run(observers: [view.observer], shouldStop: { isStopped.isSet })
/// view.end()
/// ```
public final class LiveView {
  /// Where a browser finds the page.
  public var address: String { server.address }
  /// What the run must report to.
  public var observer: any TrainingObserver { feed }

  private let feed: LiveFeed
  private let server: LocalServer
  private let audience: Audience
  private var hasEnded = false

  /// How long a page that is closed may take to come back, as one that is loaded anew does.
  private static let reloadTime = Duration.seconds(2)

  /// The pages that are open.
  private final class Audience: Sendable {
    /// How many there are.
    let count = Atomic<Int>(0)
    /// Whether there ever was one.
    let wasThere = Atomic(false)
    /// Whether pages are served although the run is over.
    let stays = Atomic(false)
  }

  /// Starts to serve the page.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - name: The run's name.
  ///   - folder: Where its results go.
  ///   - stop: Called when somebody presses the page's stop button, on a thread of the server: asks
  ///     the run to save its state and end.
  /// - Throws: `NNError` when the port is taken or may not be used.
  public init(
    port: Int, name: String, folder: String, stop: @escaping @Sendable () -> Void
  ) throws(NNError) {
    let feed = LiveFeed(name: name, folder: folder)
    let audience = Audience()
    let report = RunFolder(folder).report
    let earlier = EarlierRuns(excluding: folder)
    server = try LocalServer(port: port, option: "--ui-port") { routes in
      routes.file("/", Asset.bytes("live.html"), .html)
      routes.file("/live.js", Asset.bytes("live.js"), .javascript)
      routes.file("/live.css", Asset.bytes("live.css"), .css)
      routes.file("/chart.js", Asset.bytes("chart.js"), .javascript)
      routes.get("/report.html") { _ in
        guard let bytes = try? FileBytes.read(report) else {
          throw Refusal(404, "the run has no report yet")
        }
        return .document(bytes)
      }
      routes.get("/runs") { _ in .json(earlier.json) }
      routes.get("/runs/:place/report.html") { request in
        guard let bytes = earlier.report(at: request.parameters["place"] ?? "") else {
          throw Refusal(404, "there is no such report; /runs lists those that there are")
        }
        return .document(bytes)
      }
      routes.post("/stop") { _ in
        stop()
        return .json("{}")
      }
      routes.events("/events") { _, writer in
        audience.wasThere.store(true, ordering: .relaxed)
        audience.count.add(1, ordering: .relaxed)
        defer { audience.count.subtract(1, ordering: .relaxed) }
        try await Self.send(feed, to: &writer, among: audience)
      }
    }
    self.feed = feed
    self.audience = audience
  }

  /// Tells open pages that the run is over and stops the server, within three seconds.
  ///
  /// Without an open page it stops at once. A page keeps what it shows. The first call counts.
  ///
  /// - Parameter failure: Why the run failed; nil when it did not.
  public func end(failure: String? = nil) {
    if hasEnded { return }
    hasEnded = true
    feed.end(failure: failure)
    for _ in 0..<60 where audience.count.load(ordering: .relaxed) > 0 { usleep(50_000) }
    server.stop()
  }

  /// Tells open pages that the run is over, and serves them until all are closed; then stops the
  /// server.
  ///
  /// - Parameters:
  ///   - patience: How long it waits for a page where none was ever open.
  ///   - hasReport: Whether the run's folder holds a report, to which pages link then.
  ///   - shouldStop: Asked twenty times a second whether to stop at once.
  public func stay(patience: Duration, hasReport: Bool, until shouldStop: () -> Bool) {
    if hasEnded { return }
    hasEnded = true
    audience.stays.store(true, ordering: .relaxed)
    feed.end(hasReport: hasReport)
    let start = ContinuousClock.now
    var lastSight = audience.wasThere.load(ordering: .relaxed) ? start : nil
    while !shouldStop() {
      if audience.count.load(ordering: .relaxed) > 0 { lastSight = .now }
      let end = lastSight.map { $0 + Self.reloadTime } ?? start + patience
      if end <= .now { break }
      usleep(50_000)
    }
    audience.stays.store(false, ordering: .relaxed)
    server.stop()
  }

  /// Sends one page what is new, until the run is over or the page is gone.
  private static func send(
    _ feed: LiveFeed, to writer: inout EventWriter, among audience: Audience
  ) async throws {
    let clock = ContinuousClock()
    var place: Int?
    var next = clock.now
    var lastSending = clock.now
    while true {
      let interval = LiveFeed.interval(pages: audience.count.load(ordering: .relaxed))
      switch feed.delivery(after: place, every: interval) {
      case .nothing:
        if lastSending.duration(to: clock.now) > .seconds(5) {
          try await writer.keepAlive()
          lastSending = clock.now
        }
      case .events(let text, let newPlace):
        try await writer.send(text)
        place = newPlace
        lastSending = clock.now
      case .end(let text):
        if !text.isEmpty { try await writer.send(text) }
        // Writing shows whether somebody still looks at the page.
        while audience.stays.load(ordering: .relaxed) {
          try await Task.sleep(for: .milliseconds(500))
          try await writer.keepAlive()
        }
        return
      }
      // A reader that was slow goes on from now, instead of catching up.
      next = max(next + interval, clock.now)
      try await Task.sleep(until: next, clock: clock)
    }
  }
}
