#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The size of a file and the time at which it was last written, by which changes are found.
struct FileStamp: Sendable, Hashable {
  /// The size in bytes.
  let byteCount: Int
  /// The time of the last change, in nanoseconds since 1970.
  let modified: Int
  /// Whether it is a folder.
  let isFolder: Bool

  /// Looks at a file, following symbolic links; nil if there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    byteCount = Int(status.st_size)
    modified = Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
    isFolder = status.st_mode & S_IFMT == S_IFDIR
  }
}
