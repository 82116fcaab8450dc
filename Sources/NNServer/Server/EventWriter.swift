/// Writes server-sent events to one reader.
///
/// `send` waits while more than 64 KiB are unsent. So a slow reader delays only its own handler,
/// which then continues with the newest data; nothing accumulates.
public struct EventWriter {
  private let outbox: Outbox
  private let isChunked: Bool

  /// A writer of the body of an answer, chunked or unchanged.
  init(_ outbox: Outbox, isChunked: Bool) {
    self.outbox = outbox
    self.isChunked = isChunked
  }

  /// An event in the format of the stream.
  ///
  /// - Parameters:
  ///   - name: The event's type.
  ///   - data: The `event.data` of the page.
  public static func event(_ name: String, _ data: String) -> String {
    // By bytes, since CR LF is one Swift character and would not be a line end.
    let lines = data.utf8.split(omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }
    var text = "event: \(name)\n"
    for line in lines { text += "data: \(Substring(line))\n" }
    return text + "\n"
  }

  /// Sends one or more results of ``event(_:_:)``.
  ///
  /// - Throws: An error once the connection is closed.
  public mutating func send(_ events: String) async throws {
    var rest = events.utf8[...]
    // An empty chunk would end the body.
    if rest.isEmpty { return }
    // All of it is one chunk, even if it is sent in several pieces.
    var piece = isChunked ? Array("\(String(rest.count, radix: 16))\r\n".utf8) : []
    repeat {
      piece += rest.prefix(Outbox.capacity)
      rest = rest.dropFirst(Outbox.capacity)
      if rest.isEmpty, isChunked { piece += [0x0D, 0x0A] }
      outbox.put(piece)
      piece = []
      try await outbox.waitForCapacity()
    } while !rest.isEmpty
  }

  /// Sends a line that pages ignore, to detect whether the reader is still connected.
  public mutating func keepAlive() async throws { try await send(":\n\n") }

  /// Ends the body.
  func finish() {
    if isChunked { outbox.put(Array("0\r\n\r\n".utf8)) }
    outbox.finish(.complete)
  }
}
