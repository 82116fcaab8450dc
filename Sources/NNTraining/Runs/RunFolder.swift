public import NNCore
import NNData
import NNFormats
import NNText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder of a run: where each of its files lies.
///
/// `config.yaml`, `model.safetensors`, `checkpoints/`, `metrics.csv`, `steps.csv`,
/// `environment.json`, `report.html`, for texts `tokenizer.json`, with test data `test.json`. Whole
/// files are written under a temporary name and renamed; weights and checkpoints are synced before.
///
/// One process at a time trains in a folder: it holds a lock on the file `.lock`, which names the
/// process and stays when it ends; the lock does not. Reading a folder needs no lock.
public struct RunFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// Names a folder; nothing is touched.
  public init(_ path: String) { self.path = path }

  /// The resolved config.
  public var config: String { path + "/config.yaml" }
  /// The weights: best by the monitored figure if there is validation, else last; while the run goes
  /// on, those of at most a second ago.
  public var model: String { path + "/model.safetensors" }
  /// The folder of complete states.
  public var checkpoints: String { path + "/checkpoints" }
  /// A row for each epoch.
  public var metrics: String { path + "/metrics.csv" }
  /// A row for each logged step.
  public var steps: String { path + "/steps.csv" }
  /// A row for each place of the gradient at each logged step; only where the config asks for it.
  public var gradients: String { path + "/gradients.csv" }
  /// What makes tokens of the texts that the network reads; only where it reads texts.
  public var tokenizer: String { path + "/" + TokenizerFile.name }
  /// What makes tokens of the texts that it writes; only where these are of another sort.
  public var targetTokenizer: String { path + "/target-" + TokenizerFile.name }
  /// Loss and metrics on the test data, written once a run has ended.
  public var test: String { path + "/test.json" }
  /// Figures and pictures of the run in one page, written once it has ended.
  public var report: String { path + "/report.html" }
  /// The paths of the event files for TensorBoard, in the order in which they were begun; only where
  /// the config asks for them.
  public var eventFiles: [String] {
    FolderListing.names(in: path).filter { $0.hasPrefix(Self.eventFilePrefix) }.sorted()
      .map { "\(path)/\($0)" }
  }
  /// How the names of event files begin; a number follows.
  public static let eventFilePrefix = "events.out.tfevents."
  /// Versions, CPU, threads, seed.
  public var environment: String { path + "/environment.json" }

  /// Whether the folder holds a run, finished or not.
  public var holdsRun: Bool { Self.exists(config) }

  /// The error for a place that should be a run's folder and lacks a file of it.
  ///
  /// - Parameter file: What a run's folder would hold, such as `model.safetensors`.
  package func noRun(lacking file: String) -> NNError {
    let example = "name the folder that nntrain train has written: runs/NAME-1"
    guard Self.exists(path) else { return .invalid("no such folder", at: path, hint: example) }
    if Self.exists(path + "/.") {
      return .invalid("is no run folder: it holds no \(file)", at: path, hint: example)
    }
    let isConfig = [".yaml", ".yml", ".json"].contains { path.hasSuffix($0) }
    return .invalid(
      "is a file; expected a run folder", at: path,
      hint: isConfig ? "nntrain train \(path) makes one, in runs/" : example)
  }

  /// Whether it holds nothing yet but what taking it leaves: its lock, an empty `checkpoints/`.
  var isUnused: Bool {
    let names = FolderListing.names(in: path)
    // A file, or a folder that cannot be read, has no entry of its own.
    return names.contains(".")
      && names.allSatisfy { [".", "..", RunLock.fileName, "checkpoints"].contains($0) }
      && FolderListing.names(in: checkpoints).allSatisfy { [".", ".."].contains($0) }
  }

  /// Where runs go unless they are given a folder.
  public static let parent = "runs"

  /// The last of `runs/<name>-1`, `-2`, … that holds a run, whether or not there are those before;
  /// nil for none.
  public static func latest(for name: String, under parent: String = parent) -> RunFolder? {
    numbers(of: name, under: parent).reversed().lazy.map { RunFolder("\(parent)/\(name)-\($0)") }
      .first(where: \.holdsRun)
  }

  /// The numbers n of all `<parent>/<name>-<n>`, ascending.
  static func numbers(of name: String, under parent: String) -> [Int] {
    FolderListing.names(in: parent).compactMap { entry in
      guard entry.hasPrefix(name + "-"), let number = Int(entry.dropFirst(name.count + 1)),
        (1...999_999_999).contains(number), entry == "\(name)-\(number)"
      else { return nil }
      return number
    }.sorted()
  }

  /// Makes the folder and `checkpoints/` inside; folders that exist are kept.
  ///
  /// - Throws: `NNError` when the place cannot be written.
  public func create() throws(NNError) {
    let hint = "choose a place that can be written with --run-dir"
    try OutputFolder.create(path, for: "run folder", hint: hint)
    try OutputFolder.create(checkpoints, for: "run folder", hint: hint)
    AtomicFile.removeLeftovers(in: path)
    AtomicFile.removeLeftovers(in: checkpoints)
  }

  /// Whether the folder and `checkpoints/` inside are there.
  var isThere: Bool { Self.exists(checkpoints) }

  /// The files of the run that are there, temporary ones included: all that a run writes, in the
  /// order in which they can be removed. What makes the folder hold a run comes last.
  var files: [String] {
    let leftovers = [path, checkpoints].flatMap { folder in
      FolderListing.names(in: folder).filter { $0.hasPrefix(".") && $0.hasSuffix(".tmp") }
        .map { "\(folder)/\($0)" }
    }
    let known = [
      model, metrics, steps, gradients, environment, tokenizer, targetTokenizer, test, report,
    ]
    return (leftovers + Checkpoint.allFiles(in: checkpoints) + known + eventFiles + [config])
      .filter(Self.exists)
  }

  /// Removes the files of an earlier run, so that a new one can start; other files stay.
  ///
  /// - Throws: `NNError` naming a file that cannot be removed.
  public func clear() throws(NNError) {
    for file in files {
      guard unlink(file) == 0 else {
        let reason = errno
        if reason == ENOENT { continue }
        throw .failed("cannot be removed: \(SystemReason.text(reason))", at: file)
      }
    }
  }

  /// Writes the two texts that every start of a run writes.
  ///
  /// - Throws: `NNError` when they cannot be written.
  func describe(config: String, environment: String) throws(NNError) {
    try write(config, to: self.config)
    try write(environment, to: self.environment)
  }

  /// Writes what makes tokens of texts.
  ///
  /// - Throws: `NNError` when the files cannot be written.
  func describe(_ tokenizers: TokenizerPair) throws(NNError) {
    let (input, output) = (
      try TokenizerFile.encoded(tokenizers.input), try TokenizerFile.encoded(tokenizers.output)
    )
    try write(input, to: tokenizer)
    if output != input { try write(output, to: targetTokenizer) }
  }

  /// Writes what was measured on the test data; what is no number becomes `null`.
  ///
  /// - Throws: `NNError` when the file cannot be written.
  func describe(test figures: [(name: String, value: Double)]) throws(NNError) {
    let members = figures.map { name, value in
      "\(JSONValue.quoted(name)): \(value.isFinite ? "\(value)" : "null")"
    }
    try write("{" + members.joined(separator: ", ") + "}\n", to: test)
  }

  /// Removes the figures and the report of weights that are about to change.
  func removeResults() {
    unlink(test)
    unlink(report)
  }

  private func write(_ text: String, to path: String) throws(NNError) {
    let old = try? FileBytes.read(path)
    if let old, old.elementsEqual(text.utf8) { return }
    // A new run has nothing to lose yet, and waiting for the disk takes longer than its start.
    try AtomicFile.write(path: path, text: text, isSynced: old != nil)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
