import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The exclusive right of a process to change a run folder.
///
/// A system lock (`flock`) on the file `.lock` in the folder, which contains the process id. The
/// system releases it when the process ends for any reason; the file stays.
///
/// Several objects of one process may hold it, so that one run can follow another; only one of them
/// trains at a time. On file systems without locks, nothing is locked.
final class RunLock: Sendable {
  /// The name of the file inside the folder.
  static let fileName = ".lock"

  /// The identity of the file, independent of its path.
  private struct Identity: Hashable {
    let device: UInt64
    let file: UInt64

    init(_ status: stat) {
      device = UInt64(truncatingIfNeeded: status.st_dev)
      file = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }

  /// The lock of this process on one file.
  private struct Holding {
    let descriptor: Int32
    var count = 1
    var isTraining = false
  }

  private static let holdings = Guarded<[Identity: Holding]>([:])

  private let folder: String
  private let identity: Identity

  /// Acquires the lock of an existing folder.
  ///
  /// - Throws: `NNError` that names the process that holds it, or if the file cannot be created.
  init(_ folder: String) throws(NNError) {
    let path = "\(folder)/\(Self.fileName)"
    self.folder = folder
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        let reason = errno
        throw .failed("cannot be locked: \(SystemReason.text(reason))", at: folder)
      }
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        let reason = errno
        close(descriptor)
        throw .failed("cannot be locked: \(SystemReason.text(reason))", at: folder)
      }
      let identity = Identity(status)
      guard Self.take(identity, descriptor) else {
        let holder = Self.holder(descriptor)
        close(descriptor)
        throw Self.occupied(folder, by: holder)
      }
      // A process that removes a folder also removes this file, while holding its lock.
      var current = stat()
      if stat(path, &current) == 0, Identity(current) == identity {
        self.identity = identity
        return
      }
      Self.release(identity)
    }
  }

  deinit { Self.release(identity) }

  /// Whether the locked file is still the one in the folder.
  var isCurrent: Bool {
    var status = stat()
    return stat("\(folder)/\(Self.fileName)", &status) == 0 && Identity(status) == identity
  }

  /// Whether no other object of this process holds the lock.
  var isSole: Bool { Self.holdings.withLock { $0[identity]?.count == 1 } }

  /// Marks the folder as in training, for other objects of this process.
  ///
  /// - Throws: `NNError` if it is already in training.
  func beginTraining() throws(NNError) {
    let isFree = Self.holdings.withLock { holdings in
      guard holdings[identity]?.isTraining == false else { return false }
      holdings[identity]?.isTraining = true
      return true
    }
    guard isFree else { throw Self.occupied(folder, by: getpid()) }
  }

  /// Ends the mark of `beginTraining()`.
  func endTraining() { Self.holdings.withLock { $0[identity]?.isTraining = false } }

  /// The process that holds a folder's lock: nil if none does, 0 if its id is unknown.
  static func holder(of folder: String) -> Int32? {
    let descriptor = open("\(folder)/\(fileName)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // A shared lock interferes only briefly with a process that is about to lock.
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return errno == EWOULDBLOCK ? holder(descriptor) : nil
  }

  /// The error for a folder that another process changes.
  static func occupied(_ folder: String, by process: Int32) -> NNError {
    let known = process > 0
    return .invalid(
      "\(known ? "process \(process)" : "another process") is training in this folder", at: folder,
      hint: (known
        ? "wait for its end, or stop it with kill -INT \(process); " : "wait for its end; ")
        + "another training needs another folder")
  }

  // MARK: - The process's locks

  /// Adds a holder; the first one locks the file. False if another process holds the lock.
  private static func take(_ identity: Identity, _ descriptor: Int32) -> Bool {
    holdings.withLock { holdings in
      if holdings[identity] != nil {
        holdings[identity]?.count += 1
        close(descriptor)
        return true
      }
      // Listings briefly hold a shared lock.
      for attempt in 0..<10 {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { break }
        let reason = errno
        if reason == EINTR { continue }
        guard reason == EWOULDBLOCK else { break }
        if attempt == 9 { return false }
        usleep(5000)
      }
      let text = Array("\(getpid())\n".utf8)
      _ = ftruncate(descriptor, 0)
      _ = pwrite(descriptor, text, text.count, 0)
      holdings[identity] = Holding(descriptor: descriptor)
      return true
    }
  }

  private static func release(_ identity: Identity) {
    holdings.withLock { holdings in
      guard var holding = holdings[identity] else { return }
      holding.count -= 1
      holdings[identity] = holding.count > 0 ? holding : nil
      if holding.count == 0 { close(holding.descriptor) }
    }
  }

  /// The process id in a lock file; 0 if it contains none.
  private static func holder(_ descriptor: Int32) -> Int32 {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes[..<max(0, count)].prefix { $0 != 0x0A }
    return Int32(String(decoding: digits, as: UTF8.self)).map { max(0, $0) } ?? 0
  }
}
