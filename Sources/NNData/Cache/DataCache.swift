import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder with decoded images and parsed tables, so that files are read only once.
///
/// A file of it holds what was made of one source with one set of options. It is used only while path,
/// size and time of the last change of every file of the source are the same. Files may be removed at
/// any time; damaged ones are replaced.
package struct DataCache: Sendable, Hashable {
  /// The folder.
  package let folder: String

  /// Uses a folder, which need not exist.
  package init(folder: String) { self.folder = folder }

  /// The cache of this process: `NN_CACHE_DIR`, by default `~/.cache/neuralnet`; nil if the variable
  /// is empty, or if neither it nor `HOME` is set.
  package static var standard: DataCache? {
    if let chosen = getenv("NN_CACHE_DIR").map({ String(cString: $0) }) {
      return chosen.isEmpty ? nil : DataCache(folder: chosen)
    }
    let home = getenv("HOME").map { String(cString: $0) } ?? ""
    return home.isEmpty ? nil : DataCache(folder: "\(home)/.cache/neuralnet")
  }

  /// The entry of some files.
  ///
  /// - Parameters:
  ///   - kind: The beginning of its name: `images`.
  ///   - options: Everything else that the contents depend on, with a version.
  /// - Throws: `NNError` naming the first file that does not exist.
  func entry(_ kind: String, of files: [String], options: String) throws(NNError) -> Entry {
    var key = "\(kind) \(options)\n\(AbsolutePath.workingFolder ?? "")\n"
    for path in files {
      guard let stamp = FileStamp(path) else { throw .invalid("no such file", at: path) }
      key += "\(path)\t\(stamp.byteCount)\t\(stamp.modified)\n"
    }
    let bytes = Array(key.utf8)
    return Entry(
      path: "\(folder)/\(kind)-\(Self.name(of: bytes)).safetensors", folder: folder, key: bytes)
  }

  /// A short name of a key (FNV-1a). The file also holds the key, so that equal names do no harm.
  private static func name(of key: [UInt8]) -> String {
    let hash = key.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// What was made of one source: rows [N, …] and a few small tensors.
  struct Entry {
    /// The path of the file.
    let path: String
    fileprivate let folder: String
    /// Everything that the contents depend on.
    fileprivate let key: [UInt8]
  }
}

extension DataCache.Entry {
  private static let rows = "rows"
  private static let keyName = "key"
  private static let checksum = "crc32"

  /// The rows and the other tensors in memory; nil if they are not in the cache, or damaged.
  ///
  /// - Parameter names: The names of the other tensors.
  func read(_ names: [String]) -> (rows: HostTensor, others: [HostTensor])? {
    guard FileBytes.exists(path), let file = try? SafeTensorsFile(contentsOf: path),
      let found = file[Self.keyName], isKey(found), let rows = file[Self.rows]
    else { return nil }
    let others = names.compactMap { file[$0] }
    guard others.count == names.count,
      file.metadata[Self.checksum] == "\(sum(others, after: rows.checksum))"
    else { return nil }
    return (rows, others)
  }

  /// The rows in the file, which are read when they are needed, and the other tensors in memory; nil if
  /// they are not in the cache.
  ///
  /// - Parameters:
  ///   - names: The names of the other tensors.
  ///   - isVerified: Whether all rows are read once for their checksum; nil then where they are damaged.
  func open(
    _ names: [String], isVerified: Bool = false
  ) -> (rows: RowFile, others: [HostTensor])? {
    func tensor(_ name: String) -> RowFile? { try? RowFile(safetensors: path, tensor: name) }
    guard FileBytes.exists(path), let rows = tensor(Self.rows),
      let found = try? tensor(Self.keyName)?.readAll(), isKey(found)
    else { return nil }
    let others = names.compactMap { name in try? tensor(name)?.readAll() }
    guard others.count == names.count else { return nil }
    if isVerified {
      guard let recorded = try? SafeTensorsFile.metadata(of: path)[Self.checksum],
        let sum = try? checksum(of: rows), recorded == "\(self.sum(others, after: sum))"
      else { return nil }
    }
    return (rows, others)
  }

  private func checksum(of rows: RowFile) throws(NNError) -> UInt32 {
    var sum = CRC32.checksum([])
    try ExampleRows.file(rows).forEachBlock(count: rows.count, rows: nil) { block, _, _ in
      sum = block.withBytes { CRC32.checksum($0, continuing: sum) }
    }
    return sum
  }

  private func isKey(_ tensor: HostTensor) -> Bool {
    tensor.dtype == .uint8 && tensor.scalars(as: UInt8.self) == key
  }

  /// Writes rows and other tensors, whole or not at all.
  ///
  /// - Throws: `NNError` if the folder or the file cannot be written.
  func write(
    _ rows: HostTensor, _ others: [(name: String, tensor: HostTensor)]
  ) throws(NNError) {
    try prepareFolder()
    try file(others, addedTo: [(name: Self.rows, tensor: rows)], after: rows.checksum)
      .write(to: path)
  }

  /// Writes rows that come block by block, whole or not at all; `read` and `open` find them.
  ///
  /// - Parameters:
  ///   - row: The shape of a row.
  ///   - dtype: The type of its elements.
  ///   - body: Passes rows to the writer that it gets, and returns the other tensors.
  /// - Throws: What `body` throws, and `NNError` if the folder or the file cannot be written.
  func write(
    rowsOf row: Shape, _ dtype: DType,
    _ body: (RowWriter) throws(NNError) -> [(name: String, tensor: HostTensor)]
  ) throws(NNError) {
    try prepareFolder()
    try SafeTensorsFile.write(to: path, rowsOf: Self.rows, row, dtype) {
      (writer) throws(NNError) in
      file(try body(writer), addedTo: [], after: writer.checksum)
    }
  }

  /// The tensors after the rows, and the checksum of all.
  private func file(
    _ others: [(name: String, tensor: HostTensor)],
    addedTo first: [(name: String, tensor: HostTensor)], after checksum: UInt32
  ) -> SafeTensorsFile {
    let all = sum(others.map { $0.tensor }, after: checksum)
    return SafeTensorsFile(
      tensors: first + others + [(name: Self.keyName, tensor: HostTensor(key))],
      metadata: [Self.checksum: "\(all)"])
  }

  private func prepareFolder() throws(NNError) {
    try OutputFolder.create(
      folder, for: "cache of data", hint: "name another folder in NN_CACHE_DIR")
    AtomicFile.removeLeftovers(in: folder)
  }

  private func sum(_ others: [HostTensor], after first: UInt32) -> UInt32 {
    others.reduce(first) { sum, tensor in
      tensor.withBytes { CRC32.checksum($0, continuing: sum) }
    }
  }
}

extension HostTensor {
  fileprivate var checksum: UInt32 { withBytes { CRC32.checksum($0) } }
}
