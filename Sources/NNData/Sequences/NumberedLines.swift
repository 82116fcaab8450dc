/// The lines of a text in UTF-8, each with its number from 1 and without its line end: LF or CRLF,
/// or CR in a text without any LF.
///
/// A byte order mark at the start is skipped; a line end at the end does not start another line.
struct NumberedLines: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var position: Int
  private var number = 0
  private let lineEnd: UInt8

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    lineEnd = bytes.contains(0x0A) ? 0x0A : 0x0D
  }

  mutating func next() -> (number: Int, text: ArraySlice<UInt8>)? {
    guard position < bytes.count else { return nil }
    let end = bytes[position...].firstIndex(of: lineEnd) ?? bytes.count
    var text = bytes[position..<end]
    if text.last == 0x0D { text.removeLast() }
    position = end + 1
    number += 1
    return (number, text)
  }
}
