public import NNCore
import NNFormats

/// Reads text files in UTF-8 without any change: line ends, byte order marks and zeros are kept.
public enum TextFile {
  /// Reads a text file.
  ///
  /// - Throws: `NNError` naming the path when the file is missing, cannot be read, is empty or is
  ///   not UTF-8; the last with the offset of the first invalid byte.
  public static func read(_ path: String) throws(NNError) -> String {
    let bytes = try FileBytes.read(path)
    guard !bytes.isEmpty else {
      throw .invalid("the file is empty; expected text", at: path)
    }
    return try text(bytes, at: path)
  }

  /// Decodes bytes in UTF-8; `place` names them in errors.
  ///
  /// - Throws: `NNError` with the offset of the first invalid byte, from 0, and its line, from 1.
  public static func text(_ bytes: [UInt8], at place: String) throws(NNError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let offset = firstError(in: bytes)
    let line = bytes[..<offset].count { $0 == 0x0A } + 1
    let digits = String(bytes[offset], radix: 16, uppercase: true)
    throw .invalid(
      "not UTF-8 at byte \(offset) (line \(line)): found 0x\(digits.count < 2 ? "0" : "")\(digits)",
      at: place, hint: "convert the text first, for example with iconv -t UTF-8")
  }

  /// The offset of the first character that is not valid UTF-8.
  private static func firstError(in bytes: [UInt8]) -> Int {
    var decoder = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .valid(let character) = decoder.parseScalar(from: &iterator) {
      offset += character.count
    }
    return offset
  }
}
