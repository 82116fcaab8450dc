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

/// The folder of a run and the paths of its files.
///
/// `config.yaml`, `model.safetensors`, `checkpoints/`, `metrics.csv`, `steps.csv`,
/// `environment.json`, `report.html`, `tokenizer.json` for texts, `data.json` for tables whose columns
/// are encoded and if data were changed or left out on reading, `test.json` with test data,
/// `attack.json` after an attack, `explanation.json` and `importance.json` if outputs were
/// explained, with their drawings in `explanations/`, `explained-steps.html` if steps were explained.
/// Files are written under a temporary name and renamed; weights and checkpoints are synced first.
///
/// Only one process at a time trains in a folder: it holds a lock on the file `.lock`, which
/// contains its process id. The file stays when the process ends; the lock does not. Reading needs
/// no lock.
public struct RunFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// Creates a reference to a folder; nothing is read or written.
  public init(_ path: String) { self.path = path }

  /// The resolved config.
  public var config: String { path + "/config.yaml" }
  /// The weights: with validation data the best by the monitored figure, otherwise the last; while
  /// the run continues, at most one second old.
  public var model: String { path + "/model.safetensors" }
  /// The folder of checkpoints.
  public var checkpoints: String { path + "/checkpoints" }
  /// The table of epochs, one row per epoch.
  public var metrics: String { path + "/metrics.csv" }
  /// The table of steps, one row per logged step.
  public var steps: String { path + "/steps.csv" }
  /// The table of gradient norms by layer and time step, if the config enables it.
  public var gradients: String { path + "/gradients.csv" }
  /// The tokenizer of the input texts; only if the network reads texts.
  public var tokenizer: String { path + "/" + TokenizerFile.name }
  /// The tokenizer of the output texts, if it differs.
  public var targetTokenizer: String { path + "/target-" + TokenizerFile.name }
  /// Loss and metrics on the test data, written when a run has ended.
  public var test: String { path + "/test.json" }
  /// The figures of `nntrain attack`, which the report shows.
  public var attack: String { path + "/attack.json" }
  /// The rows that `nntrain explain` explained last, which the report shows.
  public var explanation: String { path + "/explanation.json" }
  /// The figures of `nntrain explain --method permutation`, which the report shows.
  public var importance: String { path + "/importance.json" }
  /// The folder in which `nntrain explain` writes arrays and drawings by default.
  public var explanations: String { path + "/explanations" }
  /// How the data became inputs; only for tables with columns that are not numbers as they are, and
  /// if something was filled in, unknown, clipped or left out.
  public var data: String { path + "/data.json" }
  /// The report of the run with plots in one page, written when it has ended.
  public var report: String { path + "/report.html" }
  /// The page of the steps that were explained, if any were.
  public var explainedSteps: String { path + "/explained-steps.html" }
  /// The paths of the event files for TensorBoard, in the order of creation; only if the config
  /// enables them.
  public var eventFiles: [String] {
    FolderListing.names(in: path).filter { $0.hasPrefix(Self.eventFilePrefix) }.sorted()
      .map { "\(path)/\($0)" }
  }
  /// The prefix of the names of event files, followed by a number.
  public static let eventFilePrefix = "events.out.tfevents."
  /// Versions, CPU, threads, seed.
  public var environment: String { path + "/environment.json" }

  /// Whether the folder contains a run, finished or not.
  public var holdsRun: Bool { Self.exists(config) }

  /// The error for a path that should be a run folder but lacks a file.
  ///
  /// - Parameter file: The missing file, such as `model.safetensors`.
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

  /// Whether it contains only the files of a claim, the lock and an empty `checkpoints/`, or of a
  /// process that was killed while it wrote its first file.
  var isUnused: Bool {
    let names = FolderListing.names(in: path)
    // A file, or a folder that cannot be read, has no entries.
    return names.contains(".")
      && names.allSatisfy {
        [".", "..", RunLock.fileName, "checkpoints"].contains($0) || AtomicFile.isTemporary($0)
      }
      && FolderListing.names(in: checkpoints).allSatisfy { [".", ".."].contains($0) }
  }

  /// The default parent folder of runs.
  public static let parent = "runs"

  /// The last of `runs/<name>-1`, `-2`, … that contains a run, whether or not earlier ones exist;
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

  /// Creates the folder and its `checkpoints/`; existing folders are kept.
  ///
  /// - Throws: `NNError` if they cannot be created.
  public func create() throws(NNError) {
    let hint = "choose a place that can be written with --run-dir"
    try OutputFolder.create(path, for: "run folder", hint: hint)
    try OutputFolder.create(checkpoints, for: "run folder", hint: hint)
    AtomicFile.removeLeftovers(in: path)
    AtomicFile.removeLeftovers(in: checkpoints)
  }

  /// Whether the folder and its `checkpoints/` exist.
  var isThere: Bool { Self.exists(checkpoints) }

  /// The existing files that a run writes, including temporary ones, in an order in which they can
  /// be removed: the config, which makes the folder a run folder, comes last.
  var files: [String] {
    let leftovers = [path, checkpoints].flatMap { folder in
      FolderListing.names(in: folder).filter(AtomicFile.isTemporary)
        .map { "\(folder)/\($0)" }
    }
    let known = [
      model, metrics, steps, gradients, environment, tokenizer, targetTokenizer, data, test, attack,
      explanation, importance, report, explainedSteps,
    ]
    let drawings = FolderListing.names(in: explanations)
      .filter { $0.hasSuffix(".npy") || $0.hasSuffix(".svg") }.map { "\(explanations)/\($0)" }
    let listed = leftovers + Checkpoint.allFiles(in: checkpoints) + eventFiles + drawings
    return (listed + known + [config])
      .filter(Self.exists)
  }

  /// Removes the files of an earlier run, so that a new one can start; other files are kept.
  ///
  /// - Throws: `NNError` that names a file that cannot be removed.
  public func clear() throws(NNError) {
    for file in files {
      guard unlink(file) == 0 else {
        let reason = errno
        if reason == ENOENT { continue }
        throw .failed("cannot be removed: \(SystemReason.text(reason))", at: file)
      }
    }
    rmdir(explanations)
  }

  /// Writes config and environment, as every start of a run does.
  ///
  /// - Throws: `NNError` if they cannot be written.
  func describe(config: String, environment: String) throws(NNError) {
    try write(config, to: self.config)
    try write(environment, to: self.environment)
  }

  /// Writes the tokenizers.
  ///
  /// - Throws: `NNError` if the files cannot be written.
  func describe(_ tokenizers: TokenizerPair) throws(NNError) {
    let (input, output) = (
      try TokenizerFile.encoded(tokenizers.input), try TokenizerFile.encoded(tokenizers.output)
    )
    try write(input, to: tokenizer)
    if output != input { try write(output, to: targetTokenizer) }
  }

  /// Writes how the data became inputs.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  func describe(data text: String) throws(NNError) { try write(text, to: data) }

  /// Writes the figures on the test data; NaN and infinity become `null`.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  func describe(test figures: [(name: String, value: Double)]) throws(NNError) {
    let members = figures.map { name, value in
      "\(JSONValue.quoted(name)): \(value.isFinite ? "\(value)" : "null")"
    }
    try write("{" + members.joined(separator: ", ") + "}\n", to: test)
  }

  /// Removes the figures of test data, attacks and explanations, and the report, since the weights
  /// are about to change.
  func removeResults() {
    for file in [test, attack, explanation, importance, report] { unlink(file) }
  }

  private func write(_ text: String, to path: String) throws(NNError) {
    let old = try? FileBytes.read(path)
    if let old, old.elementsEqual(text.utf8) { return }
    // A new run has nothing to lose yet, and syncing takes longer than its start.
    try AtomicFile.write(path: path, text: text, isSynced: old != nil)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
