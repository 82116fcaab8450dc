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
  /// The URL of the page.
  public var address: String { server.address }
  /// The observer that the run must report to.
  public var observer: any TrainingObserver { feed }

  private let feed: LiveFeed
  private let server: LocalServer
  private let audience: Audience
  private var hasEnded = false

  /// The time in which a closed page may come back, as after a reload.
  private static let reloadTime = Duration.seconds(2)

  /// The open pages.
  private final class Audience: Sendable {
    /// The number of open pages.
    let count = Atomic<Int>(0)
    /// Whether a page was ever open.
    let wasThere = Atomic(false)
    /// Whether pages are still served after the run.
    let stays = Atomic(false)
  }

  /// Starts to serve the page.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - name: The run's name.
  ///   - folder: The run's folder.
  ///   - stop: Called when a user presses the page's stop button, on a thread of the server:
  ///     requests the run to save its state and end.
  /// - Throws: `NNError` when the port is in use or not permitted.
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
      routes.get("/runs/:index/report.html") { request in
        guard let bytes = earlier.report(at: request.parameters["index"] ?? "") else {
          throw Refusal(404, "there is no such report; /runs lists the existing ones")
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

  /// Informs open pages of the end of the run and stops the server, within three seconds.
  ///
  /// Without an open page it stops at once. A page keeps what it shows. Further calls do nothing.
  ///
  /// - Parameter failure: The reason if the run failed; nil if it did not.
  public func end(failure: String? = nil) {
    if hasEnded { return }
    hasEnded = true
    feed.end(failure: failure)
    for _ in 0..<60 where audience.count.load(ordering: .relaxed) > 0 { usleep(50_000) }
    server.stop()
  }

  /// Informs open pages of the end of the run, and serves them until all are closed; then stops the
  /// server.
  ///
  /// - Parameters:
  ///   - patience: The time to wait for a page if none was ever open.
  ///   - hasReport: Whether the run's folder holds a report, to which pages then link.
  ///   - shouldStop: Called twenty times per second; true stops the server at once.
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

  /// Sends updates to one page, until the run is over or the page is closed.
  private static func send(
    _ feed: LiveFeed, to writer: inout EventWriter, among audience: Audience
  ) async throws {
    let clock = ContinuousClock()
    var position: Int?
    var next = clock.now
    var lastSending = clock.now
    while true {
      let interval = LiveFeed.interval(pages: audience.count.load(ordering: .relaxed))
      switch feed.delivery(after: position, every: interval) {
      case .nothing:
        if lastSending.duration(to: clock.now) > .seconds(5) {
          try await writer.keepAlive()
          lastSending = clock.now
        }
      case .events(let text, let newPosition):
        try await writer.send(text)
        position = newPosition
        lastSending = clock.now
      case .end(let text):
        if !text.isEmpty { try await writer.send(text) }
        // Writing detects whether the page is still open.
        while audience.stays.load(ordering: .relaxed) {
          try await Task.sleep(for: .milliseconds(500))
          try await writer.keepAlive()
        }
        return
      }
      // A slow reader continues from now instead of catching up.
      next = max(next + interval, clock.now)
      try await Task.sleep(until: next, clock: clock)
    }
  }
}
