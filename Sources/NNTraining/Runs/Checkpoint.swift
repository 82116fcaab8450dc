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

/// The complete state of a run: weights, optimizer, best weights so far, where the run stands.
///
/// A safetensors file whose metadata holds the progress and a CRC-32 of everything else, so that a
/// damaged one is noticed. Tensors are named by what they are: `model/0.weight`,
/// `optimizer/exp_avg`, `best/0.weight`.
public struct Checkpoint: Sendable {
  /// Where the run stands.
  public var progress: TrainingProgress
  /// Tensors under `model/…`, `optimizer/…`, `best/…`.
  public var tensors: [(name: String, tensor: HostTensor)]

  /// Gathers a state.
  public init(progress: TrainingProgress, tensors: [(name: String, tensor: HostTensor)]) {
    self.progress = progress
    self.tensors = tensors
  }

  /// Reads a checkpoint and checks it.
  ///
  /// - Throws: `NNError` when the file is missing, damaged or not a checkpoint.
  public init(contentsOf path: String) throws(NNError) {
    let file = try SafeTensorsFile(contentsOf: path)
    guard let text = file.metadata["progress"], let checksum = file.metadata["crc32"] else {
      throw .invalid("is no checkpoint: it holds no progress", at: path)
    }
    guard checksum == Self.checksum(file.tensors, text) else {
      throw .invalid("is damaged: its checksum does not match its contents", at: path)
    }
    guard let progress = try? Self.decoder.decode(TrainingProgress.self, from: Data(text.utf8))
    else { throw .invalid("holds progress of an unknown form", at: path) }
    self.init(progress: progress, tensors: file.tensors)
  }

  /// Writes the checkpoint of a step into a folder, then removes all but the newest `keep`.
  ///
  /// - Returns: The path written.
  /// - Throws: `NNError` when it cannot be written; older checkpoints are untouched then.
  public func write(into folder: String, keep: Int) throws(NNError) -> String {
    guard let data = try? Self.encoder.encode(progress) else {
      preconditionFailure("progress can always be encoded")
    }
    let text = String(decoding: data, as: UTF8.self)
    let file = SafeTensorsFile(
      tensors: tensors,
      metadata: ["progress": text, "crc32": Self.checksum(tensors, text)])
    let digits = String(progress.step)
    let name = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    let path = "\(folder)/step-\(name).safetensors"
    try file.write(to: path)
    for old in Self.files(in: folder).dropLast(max(1, keep)) { unlink(old.path) }
    return path
  }

  /// The tensors whose names start with `prefix`, under the rest of their names.
  public func tensors(under prefix: String) -> [String: HostTensor] {
    Dictionary(
      tensors.filter { $0.name.hasPrefix(prefix) }.map {
        (String($0.name.dropFirst(prefix.count)), $0.tensor)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The newest checkpoint of a folder that is whole; nil where there is none.
  public static func newest(in folder: String) -> Checkpoint? {
    for file in files(in: folder).reversed() {
      if let checkpoint = try? Checkpoint(contentsOf: file.path) { return checkpoint }
    }
    return nil
  }

  /// The checkpoint files of a folder, oldest first.
  static func files(in folder: String) -> [(step: Int, path: String)] {
    var found: [(step: Int, path: String)] = []
    for name in FolderListing.names(in: folder) {
      guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { continue }
      if let step = Int(name.dropFirst(5).dropLast(12)) {
        found.append((step, "\(folder)/\(name)"))
      }
    }
    return found.sorted { $0.step < $1.step }
  }

  /// CRC-32 over names, shapes, bytes and progress, in order of names.
  private static func checksum(
    _ tensors: [(name: String, tensor: HostTensor)], _ progress: String
  ) -> String {
    var sum = CRC32.checksum(Array(progress.utf8))
    for (name, tensor) in tensors.sorted(by: { $0.name < $1.name }) {
      sum = Array("\(name) \(tensor.dtype) \(tensor.shape)".utf8).withUnsafeBytes {
        CRC32.checksum($0, continuing: sum)
      }
      sum = tensor.withBytes { CRC32.checksum($0, continuing: sum) }
    }
    return String(sum, radix: 16)
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
