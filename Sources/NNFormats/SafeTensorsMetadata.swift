package import NNCore

extension SafeTensorsFile {
  /// The texts under `__metadata__` of a file; the tensors are neither read nor verified.
  ///
  /// - Throws: `NNError` naming the path when the file is missing or its header is damaged.
  package static func metadata(of path: String) throws(NNError) -> [String: String] {
    let start = try FileBytes.read(path, first: 8)
    let length = start.count == 8 ? start.littleEndian(at: 0, as: UInt64.self) : 0
    let known = length <= UInt64(SafeTensorsHeader.largestByteCount) ? Int(length) : 0
    let bytes = try FileBytes.read(path, first: 8 + known)
    let dataStart = try SafeTensorsHeader.dataStart(bytes, at: path)
    let document = try JSONValue(parsing: bytes[8..<dataStart], at: "\(path): header")
    guard let value = document["__metadata__"] else { return [:] }
    return try SafeTensorsHeader.metadata(value, at: path)
  }
}
