import NNCore
import NNFormats
import NNTraining

/// A part of a run folder that inputs replace, and the command that then uses the folder.
struct RunPart: Sendable {
  /// The part that is replaced.
  enum Place: Sendable {
    /// All bytes of a file.
    case file(String)
    /// A text of a safetensors file's metadata; the rest is unchanged.
    case metadata(String, of: String)
    /// An argument of the command.
    case argument(String)
  }

  /// The command to run with the changed folder; its parameter is the input, if that is an
  /// argument.
  typealias Command = @Sendable (String?) throws -> Void

  let run: SeedRun
  let place: Place
  let command: Command

  /// The parts of a run for one command: files, texts in the metadata of its weights.
  static func parts(
    of run: SeedRun, files: [String] = [], metadata: [String] = [], command: @escaping Command
  ) -> [RunPart] {
    let model = "model.safetensors"
    let texts = metadata.map { Place.metadata($0, of: model) }
    let weights = metadata.isEmpty ? [] : [Place.file(model)]
    return (files.map(Place.file) + weights + texts).map {
      RunPart(run: run, place: $0, command: command)
    }
  }
}

/// The run folders of one command, as they were after training.
struct RunFolders: Sendable {
  private let path: String
  private let parts: [RunPart]
  /// The files of each run.
  private var originals: [String: [String: [UInt8]]] = [:]

  /// Trains the runs and writes an input for each part.
  ///
  /// An input is the number of a part and its replacement.
  init(_ parts: [RunPart], in workplace: Workplace) throws {
    self.parts = parts
    path = workplace.path
    for part in parts where originals[part.run.name] == nil {
      try part.run.train(in: workplace)
      var files: [String: [UInt8]] = [:]
      for file in Workplace.files() { files[file] = try FileBytes.read(file) }
      originals[part.run.name] = files
    }
    for (number, part) in parts.enumerated() {
      let input = [UInt8(number)] + (try original(of: part))
      Workplace.write(input, to: "\(workplace.seeds)/\(number)")
    }
  }

  private func original(of part: RunPart) throws -> [UInt8] {
    switch part.place {
    case .file(let name): return originals[part.run.name]?[name] ?? []
    case .argument(let text): return Array(text.utf8)
    case .metadata(let key, let name):
      let bytes = originals[part.run.name]?[name] ?? []
      return Array((try SafeTensorsFile(bytes, at: name).metadata[key] ?? "").utf8)
    }
  }

  /// Replaces a part by an input, runs the command and restores the folder.
  func tryOne(_ input: [UInt8]) throws {
    guard let number = input.first else { return }
    let part = parts[Int(number) % parts.count]
    let files = originals[part.run.name] ?? [:]
    Workplace.enter("\(path)/\(part.run.name)")
    defer { restore(files) }
    let bytes = Array(input.dropFirst())
    let text = String(decoding: bytes, as: UTF8.self)
    switch part.place {
    case .file(let name): Workplace.write(bytes, to: name)
    case .argument: return try part.command(text)
    case .metadata(let key, let name):
      var file = try SafeTensorsFile(files[name] ?? [], at: name)
      file.metadata[key] = text
      if file.metadata["crc32"] != nil {
        file.metadata["crc32"] = Checkpoint.checksum(
          file.tensors, [file.metadata["progress"], file.metadata["origin"]])
      }
      Workplace.write(try file.encoded(), to: name)
    }
    try part.command(nil)
  }

  private func restore(_ files: [String: [UInt8]]) {
    for name in Workplace.files() where files[name] == nil { Workplace.removeFile(name) }
    for (name, bytes) in files { Workplace.write(bytes, to: name) }
  }
}
