import NNCore
import NNFormats

/// Tables whose cells stay in a file of the cache, so that they may be larger than the memory.
extension TableSource {
  /// What is in the table, with its cells in the cache's file, which is written block by block if it
  /// does not have them.
  ///
  /// - Throws: `NNError` if there is no cache, if the file cannot be written, and as for a table in
  ///   memory.
  func streamedContents(
    _ path: String, _ known: DataEncoding?, _ request: DataRequest, _ cache: DataCache?,
    blockByteCount: Int
  ) throws(NNError) -> (contents: TableContents, cells: ExampleRows) {
    guard !readsTexts(known) else {
      throw .invalid(
        "the network reads texts, which are read into memory", at: path,
        hint: "leave stream out")
    }
    guard let cache else {
      throw .invalid(
        "the columns of the table stay in the cache's file, and there is no cache", at: path,
        hint: "name a folder in NN_CACHE_DIR, or read the table into memory: stream: false")
    }
    let cached = try CachedTable(path, self, known, request, in: cache)
    if let found = cached.open(isVerified: true) { return found }
    let stamp = FileStamp(path)
    let table = try open(
      TextBlocks(path: path, blockByteCount: blockByteCount), header: header, known: known)
    let roles = try roles(of: table, known, request)
    try cached.write(columnCount: roles.features.count) { (pass) throws(NNError) in
      let found: Result<TableContents, NNError>
      do throws(NNError) {
        found = .success(try contents(of: table, roles, known, pass))
      } catch { found = .failure(error) }
      // What was wrong with a file that changed is not what is wrong with it now.
      guard FileStamp(path) == stamp else {
        throw .failed(
          "was changed or replaced while it was read", at: path,
          hint: "start again with a file that stays as it is")
      }
      return try found.get()
    }
    guard let found = cached.open(isVerified: false) else {
      throw .failed(
        "was changed by another program while the table was written to it", at: cached.path)
    }
    return found
  }
}
