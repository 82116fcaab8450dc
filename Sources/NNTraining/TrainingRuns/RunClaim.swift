package import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Exclusive access of this process to a run folder, for the lifetime of the object.
///
/// A folder that was created for it is removed with it if no run was started in it.
package final class RunClaim {
  /// The folder.
  package let folder: RunFolder
  private var lock: RunLock
  /// The folders that were created for it, outermost first.
  private let created: [String]
  private static let hint = "choose a place that can be written with --run-dir"

  private init(_ folder: RunFolder, lock: RunLock, created: [String]) {
    self.folder = folder
    self.lock = lock
    self.created = created
  }

  deinit { removeUnused() }

  /// Claims a folder, which is created if needed.
  ///
  /// - Throws: `NNError` that names the process that trains in it, or the part of the path that
  ///   cannot be created or written.
  package convenience init(_ folder: RunFolder) throws(NNError) {
    let created = try OutputFolder.create(folder.path, for: "run folder", hint: Self.hint)
    do throws(NNError) {
      self.init(folder, lock: try RunLock(folder.path), created: created)
    } catch {
      for path in created.reversed() { rmdir(path) }
      throw error
    }
  }

  /// Claims a new folder for a new run: `<parent>/<name>-<n>`, one number above the last.
  ///
  /// Creating the folder decides ownership: concurrent processes get different ones.
  ///
  /// - Parameters:
  ///   - name: The run's name.
  ///   - parent: The folder of all runs; created if needed.
  /// - Throws: `NNError` if no folder can be created.
  package static func next(
    for name: String, under parent: String = RunFolder.parent
  ) throws(NNError) -> RunClaim {
    var created = try OutputFolder.create(parent, for: "run folder", hint: hint)
    var number = max(1, RunFolder.numbers(of: name, under: parent).last ?? 1)
    while true {
      let folder = RunFolder("\(parent)/\(name)-\(number)")
      if mkdir(folder.path, 0o777) == 0 {
        created.append(folder.path)
      } else {
        let reason = errno
        if reason == ENOENT {
          // A failed run has just removed the folder of all runs along with its own.
          created = try OutputFolder.create(parent, for: "run folder", hint: hint)
          continue
        }
        guard reason == EEXIST else {
          for path in created.reversed() { rmdir(path) }
          throw .failed(
            "cannot create the run folder: \(SystemReason.text(reason))", at: folder.path,
            hint: hint)
        }
        // A folder left by a process that was killed before it trained: the lock decides.
        guard folder.isUnused else {
          number += 1
          continue
        }
      }
      do throws(NNError) {
        let lock = try RunLock(folder.path)
        if folder.isUnused, lock.isSole {
          let own = created.last == folder.path ? created : created + [folder.path]
          return RunClaim(folder, lock: lock, created: own)
        }
      } catch  where FileBytes.exists(folder.path) && error.kind == .runFailed {
        throw error
      } catch {
        // Another process was faster.
      }
      created.removeAll { $0 == folder.path }
      number += 1
    }
  }

  /// Marks the folder as in training.
  ///
  /// - Throws: `NNError` if another run of this process trains in it.
  func beginTraining() throws(NNError) { try lock.beginTraining() }

  /// Ends the mark of `beginTraining()`.
  func endTraining() { lock.endTraining() }

  /// Creates the folder again if it was removed, and claims it.
  ///
  /// - Throws: `NNError` if it cannot be created, or another process was faster.
  func renew() throws(NNError) {
    try folder.create()
    guard !lock.isCurrent else { return }
    let renewed = try RunLock(folder.path)
    try renewed.beginTraining()
    lock.endTraining()
    lock = renewed
  }

  private func removeUnused() {
    guard !created.isEmpty, lock.isSole, folder.isUnused else { return }
    rmdir(folder.checkpoints)
    unlink("\(folder.path)/\(RunLock.fileName)")
    for path in created.reversed() { rmdir(path) }
  }
}
