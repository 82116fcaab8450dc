import HummingbirdCore
import NIOCore

/// Writes server-sent events to one reader.
///
/// `send` waits while more than some 64 KiB wait for the system to take them. So a reader that does not
/// keep up delays its own handler, which then goes on with what is newest; nothing piles up.
public struct EventWriter {
  private var writer: any ResponseBodyWriter

  init(_ writer: any ResponseBodyWriter) { self.writer = writer }

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
    try await writer.write(ByteBuffer(string: events))
  }

  /// Sends a line that pages ignore: it shows whether the reader is still there.
  public mutating func keepAlive() async throws {
    try await writer.write(ByteBuffer(string: ":\n\n"))
  }
}
