package import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The summary of a run for a listing.
package struct RunListing: Sendable {
  /// The state of a run.
  package enum State: Sendable, Hashable {
    /// A process is training it; 0 if its id is unknown.
    case training(process: Int32)
    /// It was interrupted or killed, failed, or reached `--max-steps`; it can be resumed.
    case interrupted
    /// All epochs are done.
    case finished
    /// Training stopped early, since the monitored figure no longer improved.
    case stoppedEarly
    /// A file that the run needs cannot be read.
    case damaged(reason: String)

    /// The state's name: `stopped early`.
    package var name: String {
      switch self {
      case .training: "training"
      case .interrupted: "interrupted"
      case .finished: "finished"
      case .stoppedEarly: "stopped early"
      case .damaged: "damaged"
      }
    }
  }

  /// The folder.
  package let folder: RunFolder
  /// Its state.
  package let state: State
  /// The number of epochs done.
  package private(set) var epochsDone = 0
  /// The number of epochs in the config; nil if it cannot be read.
  package private(set) var epochs: Int?
  /// The monitored figure; nil if the config cannot be read.
  package private(set) var figure: String?
  /// The best epoch by the monitored figure, counted from 1, and its value; nil before the first.
  package private(set) var best: (epoch: Int, value: Double)?
  /// The training loss of the last epoch; nil before the first.
  package private(set) var lastLoss: Double?
  /// The time when a file of the run was last written, in seconds since 1970.
  package let modified: Int
  /// The size of all files in the folder and in `checkpoints/` in bytes.
  package let byteCount: Int

  /// The name of the folder.
  package var name: String {
    folder.path.split(separator: "/").last.map(String.init) ?? folder.path
  }

  /// The runs in a folder, the most recently written last; if the folder is itself a run folder,
  /// that run.
  ///
  /// - Throws: `NNError` if the folder is missing or cannot be read.
  package static func all(in parent: String) throws(NNError) -> [RunListing] {
    if RunFolder(parent).holdsRun { return [RunListing(RunFolder(parent))] }
    guard FileBytes.exists(parent) else { throw .invalid("no such folder", at: parent) }
    return try FolderListing.names(reading: parent)
      .filter { $0 != "." && $0 != ".." }
      .map { RunFolder(parent.hasSuffix("/") ? parent + $0 : "\(parent)/\($0)") }
      .filter { $0.holdsRun || RunLock.holder(of: $0.path) != nil }
      .map(RunListing.init)
      .sorted { ($0.modified, $0.folder.path) < ($1.modified, $1.folder.path) }
  }

  /// Reads a run folder.
  package init(_ folder: RunFolder) {
    self.folder = folder
    (modified, byteCount) = Self.files(of: folder)
    let process = RunLock.holder(of: folder.path)
    do throws(NNError) {
      let progress = try Self.progress(of: folder)
      if folder.holdsRun {
        let facts = try RunFacts(folder)
        let monitored = facts.config.makeMonitor().figure
        (epochs, figure) = (facts.config.epochs, monitored)
        if let table = facts.epochs, let numbers = table["epoch"] {
          epochsDone = numbers.last.map { Int($0) } ?? 0
          lastLoss = table["train_loss"]?.last
          best = facts.bestEpoch.flatMap { index in
            table[monitored].map { (Int(numbers[index]), $0[index]) }
          }
        }
      }
      if let process {
        state = .training(process: process)
      } else if let progress, progress.isFinished {
        state = progress.epoch < epochs ?? 0 ? .stoppedEarly : .finished
      } else {
        state = .interrupted
      }
    } catch {
      state = process.map { .training(process: $0) } ?? .damaged(reason: error.withoutHint)
    }
  }

  /// The progress in the newest checkpoint whose header can be read; nil if there are none.
  private static func progress(of folder: RunFolder) throws(NNError) -> TrainingProgress? {
    var failure: NNError?
    for path in Checkpoint.files(in: folder.checkpoints).reversed() {
      do throws(NNError) { return try Checkpoint.progress(at: path) } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return nil
  }

  /// The time of the newest file, and the total size in bytes.
  private static func files(of folder: RunFolder) -> (modified: Int, byteCount: Int) {
    var (modified, byteCount) = (0, 0)
    for parent in [folder.path, folder.checkpoints] {
      for name in FolderListing.names(in: parent) where name != RunLock.fileName {
        var status = stat()
        guard lstat("\(parent)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
          continue
        }
        #if canImport(Darwin)
          modified = max(modified, status.st_mtimespec.tv_sec)
        #else
          modified = max(modified, status.st_mtim.tv_sec)
        #endif
        byteCount += Int(status.st_size)
      }
    }
    return (modified, byteCount)
  }
}
