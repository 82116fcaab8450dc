import Hummingbird
import HummingbirdCore
import NIOCore

/// Writes server-sent events to one reader.
///
/// `send` returns when the system has taken the bytes. So a reader that does not keep up delays its own
/// handler, which then goes on with what is newest; nothing piles up.
public struct EventWriter {
  private var writer: any ResponseBodyWriter

  init(_ writer: any ResponseBodyWriter) { self.writer = writer }

  /// Sends one event.
  ///
  /// - Parameters:
  ///   - data: What the page gets as `event.data`.
  ///   - name: The event's type; `message` by default.
  /// - Throws: An error once the connection is closed.
  public mutating func send(_ data: some StringProtocol, event name: String? = nil) async throws {
    var buffer = ByteBuffer()
    buffer.reserveCapacity(data.utf8.count + 32)
    if let name { buffer.writeString("event: \(name)\n") }
    for line in data.split(separator: "\n", omittingEmptySubsequences: false) {
      buffer.writeString("data: ")
      buffer.writeSubstring(Substring(line))
      buffer.writeString("\n")
    }
    buffer.writeString("\n")
    try await writer.write(buffer)
  }

  /// Sends events that are written out already, each ending with an empty line.
  mutating func send(encoded events: String) async throws {
    try await writer.write(ByteBuffer(string: events))
  }

  /// Sends a line that pages ignore: it shows whether the reader is still there.
  public mutating func keepAlive() async throws {
    try await writer.write(ByteBuffer(string: ":\n\n"))
  }
}
