import NNFormats
import NNReports
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The other runs in the parent of a run's folder that have a report, the newest first.
///
/// A page refers to a run by its index in this list, never by a path. Symbolic links are not
/// followed, so nothing outside the folder of runs is read.
struct EarlierRuns: Sendable {
  /// A run with a report.
  struct Run: Sendable, Hashable {
    /// The name of the run's folder.
    let name: String
    /// The modification time of its report, in seconds since 1970.
    let date: Int
  }

  /// At most ``limit`` runs.
  let runs: [Run]
  private let parent: String

  /// The maximum number of runs that a page lists.
  static let limit = 30

  /// Finds the runs in the parent of a run's folder.
  init(excluding folder: String) {
    let parts = folder.split(separator: "/", omittingEmptySubsequences: true)
    let own = parts.last.map(String.init) ?? ""
    let above = parts.dropLast().joined(separator: "/")
    let parent = folder.hasPrefix("/") ? "/" + above : above.isEmpty ? "." : above
    self.parent = parent
    let found = FolderListing.names(in: parent).compactMap { name -> Run? in
      guard ![own, ".", ".."].contains(name) else { return nil }
      return Self.date(of: name, in: parent).map { Run(name: name, date: $0) }
    }
    let newestFirst = found.sorted { ($0.date, $0.name) > ($1.date, $1.name) }
    runs = Array(newestFirst.prefix(Self.limit))
  }

  /// The modification time of a run's report; nil unless the folder is a run's and contains a
  /// report.
  private static func date(of name: String, in parent: String) -> Int? {
    let run = RunFolder("\(parent)/\(name)")
    var status = stat()
    guard lstat(run.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, run.holdsRun,
      lstat(run.report, &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    #if canImport(Darwin)
      return status.st_mtimespec.tv_sec
    #else
      return status.st_mtim.tv_sec
    #endif
  }

  /// The list for a page: names, dates and addresses.
  var json: String {
    var json = JSONLine(isCompact: true)
    json.add(
      "runs",
      runs.enumerated().map { index, run -> JSONLine in
        var object = JSONLine(isCompact: true)
        object.add("name", run.name)
        object.add("date", run.date)
        object.add("report", "runs/\(index)/report.html")
        return object
      })
    return json.text
  }

  /// The report of the run at an index of the list; nil if it does not exist or no longer exists.
  func report(at index: String) -> [UInt8]? {
    guard let index = Int(index), runs.indices.contains(index),
      Self.date(of: runs[index].name, in: parent) != nil
    else { return nil }
    return try? FileBytes.read(RunFolder("\(parent)/\(runs[index].name)").report)
  }
}
