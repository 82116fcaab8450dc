public import NNCore
import NNFormats

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The complete state of a run: weights, optimizer state, best weights so far, progress.
///
/// A safetensors file whose metadata contains the progress, the conditions of training
/// (`CheckpointOrigin`) and a CRC-32 of everything, to detect damage. The names of tensors have a
/// prefix: `model/0.weight`, `optimizer/exp_avg`, `best/0.weight`.
public struct Checkpoint: Sendable {
  /// The progress of the run.
  public var progress: TrainingProgress
  /// The tensors `model/…`, `optimizer/…`, `best/…`.
  public var tensors: [(name: String, tensor: HostTensor)]
  /// A ``CheckpointOrigin`` as JSON; nil in files from before 2026-12.
  var origin: String?

  /// Creates a checkpoint from its parts.
  public init(progress: TrainingProgress, tensors: [(name: String, tensor: HostTensor)]) {
    self.progress = progress
    self.tensors = tensors
  }

  /// Reads a checkpoint and verifies it.
  ///
  /// - Throws: `NNError` if the file is missing, damaged or not a checkpoint.
  public init(contentsOf path: String) throws(NNError) {
    let file = try SafeTensorsFile(contentsOf: path)
    guard let text = file.metadata["progress"], let checksum = file.metadata["crc32"] else {
      throw .invalid("is no checkpoint: it holds no progress", at: path)
    }
    let origin = file.metadata["origin"]
    guard checksum == Self.checksum(file.tensors, [text, origin]) else {
      throw .invalid("is damaged: its checksum does not match its contents", at: path)
    }
    progress = try Self.progress(from: text, at: path)
    tensors = file.tensors
    self.origin = origin
  }

  /// Reads the progress from a checkpoint's metadata alone.
  static func progress(at path: String) throws(NNError) -> TrainingProgress {
    guard let text = try SafeTensorsFile.metadata(of: path)["progress"] else {
      throw .invalid("is no checkpoint: it holds no progress", at: path)
    }
    return try progress(from: text, at: path)
  }

  private static func progress(
    from text: String, at path: String
  ) throws(NNError) -> TrainingProgress {
    guard let progress = try? decoder.decode(TrainingProgress.self, from: Data(text.utf8)) else {
      throw .invalid("holds progress in an unknown format", at: path)
    }
    if let fault = progress.fault {
      throw .invalid("is damaged: a run cannot have \(fault)", at: path)
    }
    return progress
  }

  /// Writes the checkpoint of a step into a folder, then removes all but the newest `keep`
  /// checkpoints up to this step.
  ///
  /// - Returns: The path written.
  /// - Throws: `NNError` if it cannot be written; older checkpoints are then untouched.
  public func write(into folder: String, keep: Int) throws(NNError) -> String {
    guard let data = try? Self.encoder.encode(progress) else {
      preconditionFailure("progress is always encodable")
    }
    let text = String(decoding: data, as: UTF8.self)
    var metadata = ["progress": text, "crc32": Self.checksum(tensors, [text, origin])]
    metadata["origin"] = origin
    let digits = String(progress.step)
    let name = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    let path = "\(folder)/step-\(name).safetensors"
    try SafeTensorsFile(tensors: tensors, metadata: metadata).write(to: path)
    let written = Self.files(among: FolderListing.names(in: folder), in: folder)
      .filter { $0.step <= progress.step }
    for old in written.dropLast(max(1, keep)) { unlink(old.path) }
    return path
  }

  /// The tensors whose names start with `prefix`, by their names without it.
  public func tensors(under prefix: String) -> [String: HostTensor] {
    Dictionary(
      tensors.filter { $0.name.hasPrefix(prefix) }.map {
        (String($0.name.dropFirst(prefix.count)), $0.tensor)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The newest intact checkpoint of a folder; nil if there are no checkpoints.
  ///
  /// - Throws: `NNError` if there are checkpoints but none can be read, or if the folder cannot be
  ///   read.
  public static func newest(in folder: String) throws(NNError) -> Checkpoint? {
    try search(folder)?.checkpoint
  }

  /// The newest intact checkpoint of a folder, with the newer ones that cannot be read and the
  /// errors; nil if there are no checkpoints.
  ///
  /// - Throws: `NNError` as for `newest(in:)`.
  static func search(
    _ folder: String
  ) throws(NNError) -> (checkpoint: Checkpoint, skipped: [(path: String, error: NNError)])? {
    let files = files(among: try FolderListing.names(reading: folder), in: folder)
    var failures: [(path: String, error: NNError)] = []
    for file in files.reversed() {
      do throws(NNError) {
        return (try Checkpoint(contentsOf: file.path), failures)
      } catch { failures.append((file.path, error)) }
    }
    guard !failures.isEmpty else { return nil }
    throw .invalid(
      "no checkpoint can be read\(failures.map { "\n  \($0.error.withoutHint)" }.joined())",
      at: folder,
      hint: "put back a copy of a checkpoint, or train anew with --overwrite; nothing was changed")
  }

  /// Renames a file that cannot be read, so that it does not interfere with new checkpoints.
  ///
  /// - Returns: Its new path; nil if it could not be renamed.
  static func setAside(_ path: String) -> String? {
    let target = path + damagedSuffix
    return rename(path, target) == 0 ? target : nil
  }

  private static let damagedSuffix = ".damaged"

  /// The checkpoints among the names of a folder, oldest first.
  private static func files(
    among names: [String], in folder: String
  ) -> [(step: Int, path: String)] {
    names.compactMap { name in
      step(ofFile: name).map { (step: $0, path: "\(folder)/\(name)") }
    }.sorted { ($0.step, $0.path) < ($1.step, $1.path) }
  }

  /// The checkpoints of a folder, oldest first; none if the folder cannot be read.
  static func files(in folder: String) -> [String] {
    files(among: FolderListing.names(in: folder), in: folder).map(\.path)
  }

  /// The checkpoints of a folder and those that were set aside.
  static func allFiles(in folder: String) -> [String] {
    FolderListing.names(in: folder).filter { name in
      let isDamaged = name.hasSuffix(damagedSuffix)
      return step(ofFile: isDamaged ? String(name.dropLast(damagedSuffix.count)) : name) != nil
    }.map { "\(folder)/\($0)" }
  }

  /// The step in a checkpoint's file name; nil for other files.
  private static func step(ofFile name: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
    let digits = name.dropFirst(5).dropLast(12)
    return digits.allSatisfy { ("0"..."9").contains($0) } ? Int(digits) : nil
  }

  /// CRC-32 of the texts, then of names, shapes and bytes of the tensors, sorted by name.
  package static func checksum(
    _ tensors: [(name: String, tensor: HostTensor)], _ texts: [String?]
  ) -> String {
    var result: UInt32 = 0
    for text in texts.compactMap(\.self) {
      result = Array(text.utf8).withUnsafeBytes { CRC32.checksum($0, continuing: result) }
    }
    for (name, tensor) in tensors.sorted(by: { $0.name < $1.name }) {
      result = Array("\(name) \(tensor.dtype) \(tensor.shape)".utf8).withUnsafeBytes {
        CRC32.checksum($0, continuing: result)
      }
      result = tensor.withBytes { CRC32.checksum($0, continuing: result) }
    }
    return String(result, radix: 16)
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
