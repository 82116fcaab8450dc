package import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lists folders.
package enum FolderListing {
  /// The names of its entries in no certain order, `.` and `..` included; none where it cannot be
  /// read.
  package static func names(in folder: String) -> [String] {
    (try? names(reading: folder)) ?? []
  }

  /// The names of its entries in no certain order, `.` and `..` included; none where there is no
  /// such folder.
  ///
  /// - Throws: `NNError` naming the folder and the system's reason when it is there and cannot be
  ///   read.
  package static func names(reading folder: String) throws(NNError) -> [String] {
    guard let directory = opendir(folder) else {
      let reason = errno
      if reason == ENOENT { return [] }
      throw .system("cannot be read", reason, at: folder)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        let reason = errno
        if reason == 0 { return names }
        throw .system("cannot be read", reason, at: folder)
      }
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
  }
}
