public import NNCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes files atomically: a path holds either the old file or the new one.
///
/// The bytes go to a temporary file in the same folder, which is synced and renamed to the path;
/// then the folder is synced. Any error removes the temporary file and leaves the old one as it
/// was.
public enum AtomicFile {
  private static let counter = Atomic<Int>(0)

  /// Writes a file from an array of bytes.
  ///
  /// - Throws: `NNError` naming the path and the system's reason (`No space left on device`).
  public static func write(path: String, _ bytes: [UInt8]) throws(NNError) {
    try write(path: path) { (file) throws(NNError) in try file.write(bytes) }
  }

  /// Writes a text file in UTF-8.
  ///
  /// - Parameters:
  ///   - path: The file to replace or create; its folder must exist.
  ///   - text: The contents.
  ///   - isSynced: Whether to wait until the disk has the file. Without it, a process that is
  ///     killed still leaves the old file or the new one, but a power failure may leave neither.
  /// - Throws: `NNError` naming the path and the system's reason.
  public static func write(
    path: String, text: String, isSynced: Bool = true
  ) throws(NNError) {
    try write(path: path, isSynced: isSynced) { (file) throws(NNError) in
      try file.write(Array(text.utf8))
    }
  }

  /// Writes a file piece by piece.
  ///
  /// - Parameters:
  ///   - path: The file to replace or create; its folder must exist.
  ///   - isSynced: Whether to wait until the disk has the file.
  ///   - body: Writes the contents; an error that it throws leaves the old file intact.
  /// - Throws: What `body` throws, and `NNError` naming the path and the system's reason.
  public static func write(
    path: String, isSynced: Bool = true, _ body: (FileSink) throws(NNError) -> Void
  ) throws(NNError) {
    let (folder, name) = split(path)
    let serial = counter.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(folder)/.\(name).\(getpid())-\(serial).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw .system("cannot be written", errno, at: path)
    }
    do throws(NNError) {
      do throws(NNError) {
        try body(FileSink(descriptor: descriptor, path: path))
        // Delayed allocation may report a full disk only here.
        guard !isSynced || fsync(descriptor) == 0 else {
          throw .system("cannot be written", errno, at: path)
        }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0 else {
        throw .system("cannot be written", errno, at: path)
      }
      guard rename(temporary, path) == 0 else {
        throw .system("cannot be replaced", errno, at: path)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    if isSynced { syncFolder(folder) }
  }

  /// Removes the temporary files that killed writers left in a folder.
  ///
  /// Files of processes that are still alive stay.
  public static func removeLeftovers(in folder: String) {
    for name in FolderListing.names(in: folder) {
      guard isTemporary(name),
        let writer = name.dropLast(4).split(separator: ".").last?.split(separator: "-").first,
        let process = Int32(writer), kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  /// Whether a file's name is that of a temporary file of a writer.
  package static func isTemporary(_ name: String) -> Bool {
    name.hasPrefix(".") && name.hasSuffix(".tmp")
  }

  private static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, path[path.index(after: slash)...])
  }

  /// Makes the new name survive a power failure. Errors are ignored: some file systems do not
  /// support this, and the file has been written.
  private static func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// Receives the contents of a file that is being written.
public struct FileSink {
  package let descriptor: Int32
  let path: String

  /// Writes to an open descriptor; `path` names it in errors.
  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Appends raw bytes.
  ///
  /// - Throws: `NNError` naming the path and the system's reason (`No space left on device`).
  public func write(_ bytes: UnsafeRawBufferPointer) throws(NNError) {
    var offset = 0
    while offset < bytes.count {
      let written = writeBytes(
        descriptor, from: bytes.baseAddress.map { $0 + offset }, count: bytes.count - offset)
      guard written >= 0 else { throw .system("cannot be written", errno, at: path) }
      offset += written
    }
  }

  /// Replaces bytes that have been written.
  ///
  /// - Throws: `NNError` naming the path and the system's reason.
  func write(_ bytes: [UInt8], at position: Int) throws(NNError) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { source in
        pwrite(
          descriptor, source.baseAddress.map { $0 + done }, bytes.count - done,
          off_t(position + done))
      }
      if written < 0 {
        let reason = errno
        if reason == EINTR { continue }
        throw .system("cannot be written", reason, at: path)
      }
      done += written
    }
  }

  /// Appends the bytes of an array.
  ///
  /// - Throws: `NNError` naming the path and the system's reason.
  public func write(_ bytes: [UInt8]) throws(NNError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(NNError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }
}
