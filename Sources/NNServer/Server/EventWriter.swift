/// Writes server-sent events to one reader.
///
/// `send` waits while more than some 64 KiB wait for the system to take them. So a reader that does not
/// keep up delays its own handler, which then goes on with what is newest; nothing piles up.
public struct EventWriter {
  private let outbox: Outbox
  private let isChunked: Bool

  /// A writer of the body of an answer, in chunks or as it is.
  init(_ outbox: Outbox, isChunked: Bool) {
    self.outbox = outbox
    self.isChunked = isChunked
  }

  /// An event as the stream has it.
  ///
  /// - Parameters:
  ///   - name: The event's type.
  ///   - data: What the page gets as `event.data`.
  public static func event(_ name: String, _ data: String) -> String {
    // By bytes, since CR LF would be one character and no end of a line.
    let lines = data.utf8.split(omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }
    var text = "event: \(name)\n"
    for line in lines { text += "data: \(Substring(line))\n" }
    return text + "\n"
  }

  /// Sends what ``event(_:_:)`` gives, of one event or several.
  ///
  /// - Throws: An error once the connection is closed.
  public mutating func send(_ events: String) async throws {
    var rest = events.utf8[...]
    // An empty chunk would end the body.
    if rest.isEmpty { return }
    // All of it is one chunk, whatever pieces it goes out in.
    var piece = isChunked ? Array("\(String(rest.count, radix: 16))\r\n".utf8) : []
    repeat {
      piece += rest.prefix(Outbox.capacity)
      rest = rest.dropFirst(Outbox.capacity)
      if rest.isEmpty, isChunked { piece += [0x0D, 0x0A] }
      outbox.put(piece)
      piece = []
      try await outbox.waitForRoom()
    } while !rest.isEmpty
  }

  /// Sends a line that pages ignore: it shows whether the reader is still there.
  public mutating func keepAlive() async throws { try await send(":\n\n") }

  /// Says that the body is complete.
  func finish() {
    if isChunked { outbox.put(Array("0\r\n\r\n".utf8)) }
    outbox.finish(.complete)
  }
}
