/// A connection, owned by the thread of the event loop: reads a request, starts its handler, writes
/// the answer, and only then reads the next request.
final class Connection {
  /// The clock of deadlines.
  typealias Instant = ContinuousClock.Instant

  private enum Phase {
    /// Waiting for a request, or the rest of its head.
    case head
    /// Waiting for the rest of a body.
    case body(LocalRoutes.Handler, parameters: [String: String], AnswerForm)
    /// A handler is writing.
    case answering(Outbox, Task<Void, Never>, AnswerForm)
    /// The rest of the last answer is sent; then, if `reads`, further input is read for a moment.
    case ending(reads: Bool)
    /// The last answer is sent. Closing now would discard it if there are unread bytes.
    case lingering
    case closed
  }

  /// The time in which a client whose request was not fully read must read the answer.
  private static let lingeringTime = Duration.seconds(1)

  let number: Int
  let descriptor: Int32
  /// Whether a request had the token.
  private(set) var hasShownToken = false
  /// The time at which the connection is closed unless something happens before.
  private(set) var deadline: Instant?

  private let service: Service
  private var parser: RequestParser
  private var phase = Phase.head
  /// The unsent output: from `sent` on in the first piece.
  private var output: ArraySlice<[UInt8]> = []
  private var sent = 0
  /// How the answer ends; nil until the handler reports it.
  private var end: Outbox.End?

  /// Creates a connection from an accepted descriptor.
  init(_ descriptor: Int32, number: Int, service: Service, at now: Instant) {
    self.descriptor = descriptor
    self.number = number
    self.service = service
    var limits = RequestParser.Limits()
    limits.headBytes = service.limits.headerBytes
    limits.bodyBytes = service.limits.bodyBytes
    parser = RequestParser(limits: limits)
    deadline = now + service.limits.idleTime
  }

  var isClosed: Bool {
    if case .closed = phase { true } else { false }
  }

  /// Whether input is wanted now.
  var wantsInput: Bool {
    switch phase {
    case .head, .body, .lingering: true
    case .answering, .ending, .closed: false
    }
  }

  /// Whether output is waiting.
  var hasOutput: Bool { !output.isEmpty }

  // MARK: - Events

  /// Reads available input, once.
  func receive(into buffer: inout [UInt8], at now: Instant) {
    switch Sockets.receive(descriptor, into: &buffer) {
    case .later: return
    case .closed: close()
    case .bytes(let count):
      if case .lingering = phase { return }
      parser.feed(buffer[..<count])
      advance(at: now)
    }
  }

  /// Collects the output of the handler.
  func collect(at now: Instant) {
    guard case .answering(let outbox, _, _) = phase else { return }
    let (pieces, end) = outbox.take()
    output += pieces
    self.end = end
    flush(at: now)
  }

  /// Writes as much as the socket accepts, and continues when an answer is complete.
  func flush(at now: Instant) {
    while let piece = output.first {
      switch Sockets.transmit(piece, from: sent, to: descriptor) {
      case .closed: return close()
      case .later:
        if deadline == nil { deadline = now + service.limits.writeTime }
        return
      case .bytes(let count):
        if case .answering(let outbox, _, _) = phase { outbox.hasSent(count) }
        sent += count
        if sent == piece.count {
          output = output.dropFirst()
          sent = 0
        }
        deadline = now + service.limits.writeTime
      }
    }
    output = []
    hasWrittenAll(at: now)
  }

  /// Closes the connection and notifies its handler.
  func close() {
    if isClosed { return }
    if case .answering(let outbox, let task, _) = phase {
      outbox.close()
      task.cancel()
    }
    phase = .closed
    output = []
    Sockets.release(descriptor)
  }

  // MARK: - Transitions

  private func hasWrittenAll(at now: Instant) {
    switch phase {
    case .answering(_, _, let form):
      deadline = nil
      switch end {
      case nil: return
      case .broken: close()
      case .complete where form.keepsAlive:
        waitForRequest(at: now)
        advance(at: now)
      case .complete: endOutput(reads: parser.hasUnusedBytes, at: now)
      }
    case .ending(let reads): endOutput(reads: reads, at: now)
    case .body: deadline = now + service.limits.bodyTime
    case .head, .lingering, .closed: return
    }
  }

  private func waitForRequest(at now: Instant) {
    phase = .head
    end = nil
    deadline = now + service.limits.idleTime
  }

  /// Processes the input.
  private func advance(at now: Instant) {
    while wantsInput {
      do throws(Refusal) {
        guard let piece = try parser.next() else { return }
        switch piece {
        case .head(let head): take(head, at: now)
        case .body(let bytes): take(bytes)
        }
      } catch {
        answerLast(.refusal(error), reads: true, at: now)
      }
    }
  }

  private func take(_ head: RequestHead, at now: Instant) {
    let hasBody = head.framing != .none
    let form = AnswerForm(head)
    do throws(Refusal) {
      let path = try service.path(head)
      hasShownToken = true
      let (handler, parameters) = try service.route(head, path: path)
      phase = .body(handler, parameters: parameters, form)
    } catch {
      // Clients without the token keep no connection, and an unneeded body is never read.
      guard hasShownToken, form.keepsAlive, !hasBody else {
        return answerLast(.refusal(error), isHead: form.isHead, reads: hasBody, at: now)
      }
      phase = .body({ _ in throw error }, parameters: [:], form)
    }
    deadline = now + service.limits.bodyTime
    if head.expectsContinue, hasBody { output = [Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)] }
    flush(at: now)
  }

  private func take(_ bytes: [UInt8]) {
    guard case .body(let handler, let parameters, let form) = phase else { return }
    deadline = nil
    let outbox = Outbox(connection: number, doorbell: service.doorbell)
    let request = LocalRequest(parameters: parameters, body: bytes)
    phase = .answering(outbox, service.start(handler, request, form, into: outbox), form)
  }

  /// Writes an answer and ends the connection.
  private func answerLast(
    _ answer: LocalAnswer, isHead: Bool = false, reads: Bool, at now: Instant
  ) {
    var form = AnswerForm()
    form.isHead = isHead
    phase = .ending(reads: reads)
    output += answer.pieces(form)
    deadline = nil
    flush(at: now)
  }

  private func endOutput(reads: Bool, at now: Instant) {
    guard reads else { return close() }
    Sockets.endOutput(descriptor)
    phase = .lingering
    deadline = now + Self.lingeringTime
  }
}
