package import NNCore
import NNReports
package import NNTraining

/// Passes a run's events from the training thread to any number of open pages.
///
/// The training thread stores an event under a lock that is held for a few instructions, and never
/// waits for a page. Pages receive updates (*frames*) at most 20 times per second: of the steps
/// since the previous frame, the newest and those that the thinned history keeps. That history is
/// the first thing that a page receives, however late it is opened. A frame is serialized once, for
/// all pages.
///
/// Memory is bounded: a thinned history, a few seconds of frames, and for each page the data that
/// are being sent.
package final class LiveFeed: TrainingObserver, Sendable {
  /// The time between two frames for a number of pages: 50 ms for up to 20 pages; for more pages,
  /// the time at which all together receive 400 frames per second.
  package static func interval(pages: Int) -> Duration {
    .milliseconds(50) * max(1, Double(pages) / 20)
  }

  /// The state of the run.
  package enum State: String, Sendable {
    case preparing, running, finished, interrupted, failed
  }

  /// The next message to a page.
  package enum Delivery: Sendable, Equatable {
    /// Nothing new.
    case nothing
    /// Serialized events, and the frame number up to which the page is then up to date.
    case events(String, position: Int)
    /// The last events; nothing will follow.
    case end(String)
  }

  /// The state that the training thread writes.
  private struct Mailbox {
    var history = RunHistory()
    var state = State.preparing
    var failure: String?
    var hasReport = false
    var startTime: Duration?
    var isOver = false
    /// Changes since the last frame: the start, steps that the history keeps, the newest step, the
    /// newest that was measured, epochs.
    var hasNews = false
    var hasStarted = false
    var keptSteps: [TrainingEvent.Step] = []
    var step: TrainingEvent.Step?
    var gradient: TrainingEvent.Step?
    var epochs: [TrainingEvent.Epoch] = []
    var checkpoint: String?

    mutating func take(_ event: TrainingEvent) {
      history.add(event)
      hasNews = true
      switch event {
      case .started:
        state = .running
        hasStarted = true
      case .step(let step):
        self.step = step
        if step.gradientNorm != nil { gradient = step }
        if history.steps.elements.last?.step == step.step
          || history.gradients.elements.last?.step == step.step
        {
          Self.append(step, to: &keptSteps, atMost: LiveFeed.stepsOfFrame)
        }
      case .epoch(let epoch):
        Self.append(epoch, to: &epochs, atMost: LiveFeed.epochsOfFrame)
      case .checkpoint(let path): checkpoint = path
      case .finished(let outcome): state = outcome == .interrupted ? .interrupted : .finished
      case .trace, .weights, .warning: break
      }
    }

    private static func append<Element>(
      _ element: Element, to list: inout [Element], atMost count: Int
    ) {
      if list.count == count { list.removeFirst() }
      list.append(element)
    }

    /// The events since the last frame. Does not copy the history, so the lock is held briefly.
    mutating func takeNews() -> [TrainingEvent] {
      var events: [TrainingEvent] = []
      if hasStarted, let start = history.start { events.append(.started(start)) }
      var steps = keptSteps
      for newest in [gradient, step].compactMap({ $0 })
      where !steps.contains(where: { $0.step == newest.step }) {
        steps.append(newest)
      }
      events += steps.sorted { $0.step < $1.step }.map { .step($0) }
      events += epochs.map { .epoch($0) }
      if let checkpoint { events.append(.checkpoint(path: checkpoint)) }
      if let outcome = history.outcome { events.append(.finished(outcome)) }
      hasNews = false
      hasStarted = false
      keptSteps.removeAll(keepingCapacity: true)
      step = nil
      gradient = nil
      epochs.removeAll(keepingCapacity: true)
      checkpoint = nil
      return events
    }

    /// The current status.
    func status(at time: Duration) -> Status {
      let seconds = startTime.map { (time - $0) / .seconds(1) } ?? 0
      return Status(
        state: state, failure: failure, hasReport: hasReport, seconds: seconds, rows: history.rows,
        share: history.share,
        secondsLeft: state == .running ? history.secondsLeft(after: seconds) : nil)
    }
  }

  private struct Status {
    let state: State
    let failure: String?
    let hasReport: Bool
    let seconds: Double
    let rows: Int
    let share: Double
    let secondsLeft: Double?

    func line(rate: Double) -> String {
      var line = JSONLine()
      line.add("event", "status")
      line.add("state", state.rawValue)
      line.add("seconds", seconds)
      line.add("share", share)
      line.add("rows_per_s", rate)
      line.add("seconds_left", secondsLeft)
      if let failure { line.add("message", failure) }
      if hasReport { line.add("report", "report.html") }
      return line.text
    }
  }

  /// The serialized frames.
  private struct Frames {
    /// The newest frames; the last one has the number `count`.
    var newest: [String] = []
    var count = 0
    var isOver = false
    var lastTime: Duration?
    var rate = RecentRate()
    var history: (position: Int, text: String)?
  }

  /// The number of frames kept for slow pages; slower ones receive the history again.
  private static let keptFrames = 40
  /// The maximum number of steps and epochs of a frame, in addition to the newest; of more, the
  /// first are left out.
  private static let (stepsOfFrame, epochsOfFrame) = (16, 8)

  private let name: String
  private let folder: String
  private let mailbox = Guarded(Mailbox())
  private let frames = Guarded(Frames())
  private let clock: @Sendable () -> Duration

  /// Creates a feed for a run that has not started.
  ///
  /// - Parameters:
  ///   - name: The run's name.
  ///   - folder: The run's folder.
  ///   - clock: The time since an arbitrary start; set by tests.
  package init(name: String, folder: String, clock: (@Sendable () -> Duration)? = nil) {
    self.name = name
    self.folder = folder
    let start = ContinuousClock.now
    self.clock = clock ?? { start.duration(to: .now) }
  }

  // MARK: - The training thread

  package func receive(_ event: TrainingEvent) throws(NNError) {
    if case .started = event {
      let now = clock()
      mailbox.withLock { $0.startTime = now }
    }
    mailbox.withLock { $0.take(event) }
  }

  /// Marks the end of the stream.
  ///
  /// - Parameters:
  ///   - failure: The reason if the run failed; nil if it did not.
  ///   - hasReport: Whether pages can request the run's report.
  package func end(failure: String? = nil, hasReport: Bool = false) {
    mailbox.withLock { mailbox in
      mailbox.hasReport = hasReport
      if let failure {
        mailbox.state = .failed
        mailbox.failure = failure
      }
      mailbox.hasNews = true
      mailbox.isOver = true
    }
  }

  // MARK: - Pages

  /// The next message to a page.
  ///
  /// - Parameters:
  ///   - position: The position of the previous delivery; nil for a new page.
  ///   - interval: The time between two requests of a page.
  package func delivery(
    after position: Int?, every interval: Duration = LiveFeed.interval(pages: 1)
  ) -> Delivery {
    frames.withLock { frames in
      addFrame(to: &frames, every: interval)
      guard let position, position <= frames.count, frames.count - position <= frames.newest.count
      else {
        let (position, text) = history(&frames)
        return frames.isOver ? .end(text) : .events(text, position: position)
      }
      if position == frames.count { return frames.isOver ? .end("") : .nothing }
      let text = frames.newest.suffix(frames.count - position).joined()
      return frames.isOver ? .end(text) : .events(text, position: frames.count)
    }
  }

  /// Serializes the events since the last frame, if that is long enough ago.
  private func addFrame(to frames: inout Frames, every interval: Duration) {
    // Timers of pages are inexact: the next request of the only page must not be slightly too
    // early.
    let now = clock()
    if let last = frames.lastTime, now - last < interval * 4 / 5 { return }
    // The time changes even when nothing else does, as in a long validation.
    let isSilent = frames.lastTime.map { now - $0 >= .seconds(1) } ?? false
    let news = mailbox.withLock { mailbox in
      mailbox.hasNews || (isSilent && !mailbox.isOver)
        ? (events: mailbox.takeNews(), status: mailbox.status(at: now), isOver: mailbox.isOver)
        : nil
    }
    guard let news else { return }
    frames.lastTime = now
    let rate = frames.rate.update(news.status.rows, at: news.status.seconds)
    let lines = Self.lines(news.events) + [news.status.line(rate: rate)]
    frames.newest.append(Self.event("update", lines))
    if frames.newest.count > Self.keptFrames { frames.newest.removeFirst() }
    frames.count += 1
    frames.isOver = news.isOver
  }

  /// The thinned history; serialized once for all pages that are opened at the same position.
  private func history(_ frames: inout Frames) -> (position: Int, text: String) {
    if let known = frames.history, known.position == frames.count { return known }
    let now = clock()
    let (history, status) = mailbox.withLock { ($0.history, $0.status(at: now)) }
    let rate = frames.rate.update(status.rows, at: status.seconds)
    var run = JSONLine()
    run.add("event", "run")
    run.add("name", name)
    run.add("run_dir", folder)
    var events: [TrainingEvent] = []
    if let start = history.start { events.append(.started(start)) }
    events += Self.merged(history).map { .step($0) }
    events += Self.mergedEpochs(history).map { .epoch($0) }
    if let outcome = history.outcome { events.append(.finished(outcome)) }
    let lines = [run.text] + Self.lines(events) + [status.line(rate: rate)]
    let written = (frames.count, Self.event("history", lines))
    frames.history = written
    return written
  }

  /// Kept steps and kept measured steps in order, and the newest.
  private static func merged(_ history: RunHistory) -> [TrainingEvent.Step] {
    var steps: [Int: TrainingEvent.Step] = [:]
    for step in history.steps.elements + history.gradients.elements { steps[step.step] = step }
    if let last = history.lastStep { steps[last.step] = last }
    return steps.values.sorted { $0.step < $1.step }
  }

  /// Kept epochs, the best and the last ones.
  private static func mergedEpochs(_ history: RunHistory) -> [TrainingEvent.Epoch] {
    var epochs: [Int: TrainingEvent.Epoch] = [:]
    let best = history.bestEpoch.map { [$0] } ?? []
    for epoch in history.epochs.elements + best + history.recentEpochs {
      epochs[epoch.epoch] = epoch
    }
    return epochs.values.sorted { $0.epoch < $1.epoch }
  }

  private static func lines(_ events: [TrainingEvent]) -> [String] {
    events.compactMap { $0.jsonLine?.text }
  }

  /// An event of the stream whose data are a list of objects.
  private static func event(_ name: String, _ lines: [String]) -> String {
    EventWriter.event(name, "[\(lines.joined(separator: ", "))]")
  }
}
