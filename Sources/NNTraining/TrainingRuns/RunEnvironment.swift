import NNCore
import NNFormats
import NNGraph

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The environment of a run, in addition to its config: `environment.json`.
struct RunEnvironment: Codable {
  let version: String
  let cpu: String
  let instructionSet: String
  let blas: String
  let blasCore: String
  let threads: Int
  let seed: Int
  let os: String
  let gitRevision: String?
  /// The command line that started the run; nil if there was none.
  let command: String?
  /// The start of the run: `2026-11-28T16:43:10Z`.
  let date: String

  /// The environment of this process, for a config in the given folder.
  init(seed: Int, configFolder: String, command: String?) {
    let machine = Machine.current
    version = Version.current
    cpu = machine.cpu
    instructionSet = machine.instructionSet
    blas = machine.blas
    blasCore = machine.blasCore
    threads = machine.threads
    self.seed = seed
    #if os(Linux)
      os = "Linux"
    #elseif os(macOS)
      os = "macOS"
    #else
      os = "unknown"
    #endif
    gitRevision = GitRevision.find(from: configFolder)
    self.command = command
    date = Date.now.formatted(.iso8601)
  }

  /// The file's content.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("strings and integers are always encodable")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

/// The commit of the repository that contains a folder, read from its files.
enum GitRevision {
  /// The revision; nil if there is no repository.
  static func find(from folder: String) -> String? {
    var folder = folder
    while true {
      if let head = text(folder + "/.git/HEAD") {
        guard head.hasPrefix("ref: ") else { return head }
        let name = String(head.dropFirst(5))
        return text("\(folder)/.git/\(name)") ?? packed(name, in: folder)
      }
      guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { return nil }
      folder = String(folder[..<slash])
    }
  }

  private static func packed(_ name: String, in folder: String) -> String? {
    text(folder + "/.git/packed-refs")?.split(separator: "\n")
      .first { $0.hasSuffix(" \(name)") }
      .map { String($0.prefix { $0 != " " }) }
  }

  private static func text(_ path: String) -> String? {
    guard let bytes = try? FileBytes.read(path) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    return String(text.reversed().drop { $0.isNewline }.reversed())
  }
}
