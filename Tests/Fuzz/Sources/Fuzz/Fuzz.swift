import NNCore
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

/// Gives libFuzzer one reader of files: `Fuzz READER [OPTIONS OF LIBFUZZER] [FOLDERS]`.
///
/// Whatever the bytes, a reader returns or throws an `NNError`; a trap, a hang or memory beyond
/// libFuzzer's limits ends the process.
@main
enum Fuzz {
  typealias Reader = @Sendable ([UInt8]) throws -> Void

  static let readers: [String: Reader] = [
    "safetensors": { _ = try SafeTensorsFile($0, at: "file") },
    "npy": { _ = try NPY.decode($0, at: "file") },
    "npz": { _ = try NPZ.decode($0, at: "file") },
    "idx": { _ = try IDX.decode($0, at: "file") },
    "tokenizer": { bytes in
      let tokenizer = try TokenizerFile.tokenizer(bytes, at: "file")
      let tokens = try tokenizer.encode("in the beginning")
      _ = try tokenizer.decode(tokens)
    },
    "inspect": { bytes in try withFile(bytes) { _ = try FileContents($0) } },
    "csv": { bytes in
      try withFile(bytes) { _ = try DataSource.csv(CSVSource(file: $0)).load() }
    },
    "ts": { bytes in try withFile(bytes) { _ = try DataSource.timeSeries(file: $0).load() } },
    "pairs": { bytes in
      try withFile(bytes) {
        _ = try DataSource.pairs(PairsSource(file: $0, level: .bytePair(merges: 20))).load()
      }
    },
    "text": { bytes in
      try withFile(bytes) {
        _ = try DataSource.text(
          TextSource(file: $0, level: .word(vocabularySize: 30), context: 3)
        ).load()
      }
    },
    "series": { bytes in
      try withFile(bytes) {
        _ = try SeriesSource(file: $0, columns: [.index(0)], window: 3, header: false)
          .windows(path: $0)
      }
    },
  ]

  /// The reader that this process tries.
  nonisolated(unsafe) private static var reader: Reader = { _ in }
  private static let path = "/dev/shm/nn-fuzz-\(getpid())"

  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let chosen = readers[arguments[1]] else {
      fputs("readers: \(readers.keys.sorted().joined(separator: " "))\n", stderr)
      exit(2)
    }
    reader = chosen
    var count = Int32(arguments.count - 1)
    let copies = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) }
    var pointers: [UnsafeMutablePointer<CChar>?] = copies + [nil]
    let status = pointers.withUnsafeMutableBufferPointer { buffer in
      var start = buffer.baseAddress
      return runDriver(&count, &start) { bytes, count in
        Fuzz.tryOne(UnsafeBufferPointer(start: bytes, count: count))
        return 0
      }
    }
    unlink(path)
    exit(status)
  }

  private static func tryOne(_ bytes: UnsafeBufferPointer<UInt8>) {
    do {
      try reader(Array(bytes))
    } catch is NNError {
    } catch {
      preconditionFailure("an error of another type: \(error)")
    }
  }

  /// Calls a reader of paths with a file in memory.
  private static func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(
      bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
    close(descriptor)
    try body(path)
  }
}

/// libFuzzer's loop (`FuzzerDriver.cpp`).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ argumentCount: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
