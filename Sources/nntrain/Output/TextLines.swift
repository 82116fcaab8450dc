import NNCore
import NNFormats
import NeuralNet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads the lines of a text as they arrive, without their line ends.
struct TextLines: ~Copyable {
  /// The name of the source, for errors.
  let name: String
  /// The number of the last line read, from 1.
  private(set) var number = 0
  private let file: UnsafeMutablePointer<FILE>
  private var buffer: UnsafeMutablePointer<CChar>?
  private var capacity = 0

  /// Opens a file, or standard input.
  ///
  /// - Throws: `NNError` when the file cannot be read.
  init(_ path: String?) throws(NNError) {
    name = path ?? "standard input"
    let descriptor =
      try path.map { (path) throws(NNError) in try InputFile.descriptor(of: path) }
      ?? dup(STDIN_FILENO)
    guard let file = fdopen(descriptor, "r") else {
      let reason = errno
      if descriptor >= 0 { close(descriptor) }
      throw .invalid("cannot be read: \(SystemReason.text(reason))", at: name)
    }
    self.file = file
  }

  deinit {
    free(buffer)
    fclose(file)
  }

  /// The place of the last line read, for errors.
  var place: String { "\(name):\(number)" }

  /// The bytes of the next line; nil at the end.
  ///
  /// - Throws: `NNError` when reading fails.
  mutating func next() throws(NNError) -> [UInt8]? {
    let count = getline(&buffer, &capacity, file)
    let reason = errno
    guard count >= 0, let buffer else {
      guard ferror(file) == 0 else {
        throw .invalid("cannot be read: \(SystemReason.text(reason))", at: name)
      }
      return nil
    }
    number += 1
    var bytes = UnsafeBufferPointer(start: buffer, count: count).map(UInt8.init(bitPattern:))[...]
    while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
    return Array(bytes)
  }
}
