public import NNCore
import NNReports
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
/// let view = try LiveView(port: 0, name: config.name, folder: folder.path)
/// print(view.address)
/// try run.run(observers: [view.observer], shouldStop: { false })
/// view.end()
/// ```
public final class LiveView {
  /// Where a browser finds the page.
  public var address: String { server.address }
  /// What the run must report to.
  public var observer: any TrainingObserver { feed }

  private let feed: LiveFeed
  private let server: LocalServer
  private let readers: Readers
  private var hasEnded = false

  /// How many pages are open.
  private final class Readers: Sendable {
    let count = Atomic<Int>(0)
  }

  /// Starts to serve the page.
  ///
  /// - Parameters:
  ///   - port: The port; 0 for any that is free.
  ///   - name: The run's name.
  ///   - folder: Where its results go.
  /// - Throws: `NNError` when the port is taken or may not be used.
  public init(port: Int, name: String, folder: String) throws(NNError) {
    let feed = LiveFeed(name: name, folder: folder)
    let readers = Readers()
    server = try LocalServer(port: port, option: "--ui-port") { routes in
      routes.file("/", Asset.bytes("live.html"), .html)
      routes.file("/live.js", Asset.bytes("live.js"), .javascript)
      routes.file("/live.css", Asset.bytes("live.css"), .css)
      routes.file("/chart.js", Asset.bytes("chart.js"), .javascript)
      routes.events("/events") { _, writer in
        readers.count.add(1, ordering: .relaxed)
        defer { readers.count.subtract(1, ordering: .relaxed) }
        try await Self.send(feed, to: &writer, among: readers)
      }
    }
    self.feed = feed
    self.readers = readers
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
    for _ in 0..<60 where readers.count.load(ordering: .relaxed) > 0 { usleep(50_000) }
    server.stop()
  }

  /// Sends one page what is new, until the run is over or the page is gone.
  private static func send(
    _ feed: LiveFeed, to writer: inout EventWriter, among readers: Readers
  ) async throws {
    let clock = ContinuousClock()
    var place: Int?
    var next = clock.now
    var lastSending = clock.now
    while true {
      let interval = LiveFeed.interval(pages: readers.count.load(ordering: .relaxed))
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
        return
      }
      // A reader that was slow goes on from now, instead of catching up.
      next = max(next + interval, clock.now)
      try await Task.sleep(until: next, clock: clock)
    }
  }
}
