package import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A run folder that this process alone may change, as long as the claim lives.
///
/// A folder that was made for the claim is removed with it if no run has come into it.
package final class RunClaim {
  /// The folder.
  package let folder: RunFolder
  private var lock: RunLock
  /// The folders that were made for it, outermost first.
  private let created: [String]
  private static let hint = "choose a place that can be written with --run-dir"

  private init(_ folder: RunFolder, lock: RunLock, created: [String]) {
    self.folder = folder
    self.lock = lock
    self.created = created
  }

  deinit { removeUnused() }

  /// Takes a folder, which is made if need be.
  ///
  /// - Throws: `NNError` naming the process that trains in it, or the part of the path that cannot
  ///   be made or written.
  package convenience init(_ folder: RunFolder) throws(NNError) {
    let created = try OutputFolder.create(folder.path, for: "run folder", hint: Self.hint)
    do throws(NNError) {
      self.init(folder, lock: try RunLock(folder.path), created: created)
    } catch {
      for path in created.reversed() { rmdir(path) }
      throw error
    }
  }

  /// Takes a folder of its own for a new run: `<parent>/<name>-<n>`, one number above the last.
  ///
  /// Making the folder decides who has it: of several processes each gets another one.
  ///
  /// - Parameters:
  ///   - name: The run's name.
  ///   - parent: The folder of all runs; made if need be.
  /// - Throws: `NNError` when no folder can be made.
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
          // A run that failed has just removed the folder of all runs with its own.
          created = try OutputFolder.create(parent, for: "run folder", hint: hint)
          continue
        }
        guard reason == EEXIST else {
          for path in created.reversed() { rmdir(path) }
          throw .failed(
            "cannot create the run folder: \(SystemReason.text(reason))", at: folder.path,
            hint: hint)
        }
        // One that a process left which was killed before it trained: the lock decides.
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
        // Somebody else was quicker.
      }
      created.removeAll { $0 == folder.path }
      number += 1
    }
  }

  /// Marks the folder as in training.
  ///
  /// - Throws: `NNError` when another run of this process trains in it.
  func beginTraining() throws(NNError) { try lock.beginTraining() }

  /// Ends what `beginTraining()` began.
  func endTraining() { lock.endTraining() }

  /// Makes the folder again where somebody has removed it, and takes it.
  ///
  /// - Throws: `NNError` when it cannot be made, or another process was quicker.
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
