import NNCore
public import NNTraining

/// The folder of a search and the paths of its files.
public struct SearchFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// Creates a reference to a folder; nothing is read or written.
  public init(_ path: String) { self.path = path }

  /// The default parent folder of searches.
  public static let parent = "searches"

  /// The config with its search, resolved.
  public var config: String { path + "/config.yaml" }
  /// The events of the search, one JSON object per line.
  public var journal: String { path + "/journal.jsonl" }
  /// The config of the best trial: `nntrain train` repeats it.
  public var best: String { path + "/best.yaml" }
  /// The page about the search.
  public var page: String { path + "/search.html" }

  /// The folder of a run.
  ///
  /// - Parameters:
  ///   - trial: The number of the trial, from 1.
  ///   - run: The number of the run among the seeds of the trial, from 1.
  public func run(ofTrial trial: Int, _ run: Int = 1) -> RunFolder {
    let digits = "\(trial)"
    let name = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return RunFolder("\(path)/trials/\(name)" + (run == 1 ? "" : "-\(run)"))
  }

  /// The last of `searches/<name>-1`, `-2`, … that contains a search; nil for none.
  public static func latest(for name: String) -> SearchFolder? {
    RunFolder.latest(for: name, under: parent).map { SearchFolder($0.path) }
  }
}
