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

  /// The first of `runs/<name>-1`, `-2`, … that does not exist yet.
  public static func next(for name: String, under parent: String = "runs") -> RunFolder {
    var number = 1
    while exists("\(parent)/\(name)-\(number)") { number += 1 }
    return RunFolder("\(parent)/\(name)-\(number)")
  }

  /// The last of `runs/<name>-1`, `-2`, … before the first that does not exist; nil for none.
  public static func latest(for name: String, under parent: String = "runs") -> RunFolder? {
    var number = 0
    while exists("\(parent)/\(name)-\(number + 1)") { number += 1 }
    return number == 0 ? nil : RunFolder("\(parent)/\(name)-\(number)")
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

  /// Removes the files of an earlier run, so that a new one can start; other files stay.
  public func clear() throws(NNError) {
    for file in [
      model, metrics, steps, gradients, environment, tokenizer, targetTokenizer, test, report,
      config,
    ] + eventFiles { unlink(file) }
    for checkpoint in Checkpoint.files(in: checkpoints) { unlink(checkpoint.path) }
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
