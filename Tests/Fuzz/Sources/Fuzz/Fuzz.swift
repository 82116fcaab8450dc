import NNCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Passes a reader of files or a command to libFuzzer:
/// `Fuzz TARGET [OPTIONS OF LIBFUZZER] [FILES]`. Without arguments it lists the targets with their
/// usual numbers of executions.
///
/// Whatever the bytes, a target returns or throws an `NNError`; a trap, an error of another type,
/// more than ``processorSeconds`` or memory beyond libFuzzer's limits ends the process.
@main
enum Fuzz {
  /// The processor time that an input may take. libFuzzer's own limit counts wall-clock time, which
  /// on a busy machine says little.
  private static let processorSeconds = 5

  static func main() {
    // The words are valid as long as the process runs.
    var words: [UnsafeMutablePointer<CChar>?] = prepare(CommandLine.arguments).map { strdup($0) }
    var count = Int32(words.count)
    words.append(nil)
    abortBeyondProcessorTime()
    let status = words.withUnsafeMutableBufferPointer { buffer in
      var start = buffer.baseAddress
      return runDriver(&count, &start) { bytes, count in
        Fuzz.tryOne(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      }
    }
    exit(status)
  }

  /// The function that tries an input; does nothing before ``prepare(_:)``.
  private static let body = Mutex<FuzzTarget.Body>({ _ in })

  /// Prepares the target that the arguments name.
  ///
  /// - Returns: The arguments for libFuzzer.
  private static func prepare(_ arguments: [String]) -> [String] {
    guard arguments.count > 1 else {
      for target in FuzzTarget.all { print(target.name, target.executions) }
      exit(0)
    }
    guard let target = FuzzTarget.named(arguments[1]) else {
      Console.error("no target \(arguments[1])")
      exit(2)
    }
    // The target moves to a folder of its own.
    let folder = Workplace.current
    var rest = [arguments[0]] + arguments.dropFirst(2).map { absolute($0, in: folder) }
    let workplace = Workplace()
    do {
      let tried = try target.prepare(workplace)
      body.withLock { $0 = tried }
    } catch {
      Console.error("the target \(target.name) cannot be prepared: \(error)")
      exit(1)
    }
    // The seed inputs of the target are added to a folder of inputs.
    if let first = rest.dropFirst().first(where: { !$0.hasPrefix("-") }),
      Workplace.isFolder(first)
    {
      rest.append(workplace.seeds)
    }
    return rest
  }

  /// An argument with its path as seen from anywhere.
  private static func absolute(_ argument: String, in folder: String) -> String {
    func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }
    if !argument.hasPrefix("-") { return resolved(argument) }
    for option in ["-artifact_prefix=", "-dict="] where argument.hasPrefix(option) {
      return option + resolved(String(argument.dropFirst(option.count)))
    }
    return argument
  }

  /// Tries one input.
  fileprivate static func tryOne(_ bytes: [UInt8]) {
    limitProcessorTime(to: processorSeconds)
    defer { limitProcessorTime(to: 0) }
    body.withLock { body in
      do {
        try body(bytes)
      } catch let error as NNError {
        precondition("\(error)".utf8.count < 100_000, "a message of great length")
      } catch {
        preconditionFailure("an error of another type: \(error)")
      }
    }
  }
}

/// Makes the end of ``limitProcessorTime(to:)`` an abort, for which libFuzzer keeps the input.
private func abortBeyondProcessorTime() {
  signal(SIGPROF) { _ in
    let message: StaticString = "an input took too much processor time\n"
    write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
    abort()
  }
}

/// Limits the processor time of the process from now on, in seconds; 0 takes the limit away.
private func limitProcessorTime(to seconds: Int) {
  var limit = itimerval()
  limit.it_value.tv_sec = seconds
  setitimer(numericCast(ITIMER_PROF.rawValue), &limit, nil)
}

/// libFuzzer's loop, which calls `body` for each input (`FuzzerDriver.cpp`).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
