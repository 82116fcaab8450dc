package import Foundation

/// A command line program of this package, as it was built for the tests.
package struct Program: Sendable {
  /// The executable's absolute path.
  package let path: String

  /// The program of a product, which is in the same folder as the test runner.
  package init(_ name: String) {
    path = Self.productsFolder.appending(path: name).path
  }

  /// Any executable.
  package init(path: String) { self.path = path }

  /// Where the build puts executables.
  package static var productsFolder: URL {
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
      return (bundle ?? .main).bundleURL.deletingLastPathComponent()
    #else
      return Bundle.main.bundleURL
    #endif
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - environment: variables to add or replace; nil removes one.
  ///   - folder: the working directory; by default the tests' own.
  ///   - input: the program's standard input; empty by default.
  ///   - timeout: seconds after which the program is killed.
  /// - Throws: an error when the program cannot be started.
  package func run(
    _ arguments: String..., environment: [String: String?] = [:], in folder: String? = nil,
    input: String = "", timeout: Double = 600
  ) throws -> ProgramResult {
    try run(arguments, environment: environment, in: folder, input: input, timeout: timeout)
  }

  /// Runs to the end; as above, with the arguments in a list.
  package func run(
    _ arguments: [String], environment: [String: String?] = [:], in folder: String? = nil,
    input: String = "", timeout: Double = 600
  ) throws -> ProgramResult {
    try start(arguments, environment: environment, in: folder, input: input).wait(timeout: timeout)
  }

  /// Starts the program and returns at once.
  ///
  /// - Throws: an error when the program cannot be started.
  package func start(
    _ arguments: [String], environment: [String: String?] = [:], in folder: String? = nil,
    input: String = ""
  ) throws -> RunningProgram {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = environment.reduce(into: ProcessInfo.processInfo.environment) {
      $0[$1.key] = $1.value
    }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    return try RunningProgram(process, input: input)
  }
}

/// The results of a program.
package struct ProgramResult: Sendable {
  /// The exit status; nil when a signal ended the program.
  package let status: Int32?
  /// The signal that ended the program; nil when it exited.
  package let signal: Int32?
  /// Whether it was killed after the timeout.
  package let timedOut: Bool
  /// Its standard output.
  package let standardOutput: String
  /// Its standard error.
  package let standardError: String
}

/// A running program. Output goes to files, so that no full pipe can block it.
package final class RunningProgram {
  private let process: Process
  private let scratch: TemporaryFolder

  fileprivate init(_ process: Process, input: String) throws {
    self.process = process
    scratch = try TemporaryFolder()
    let input = try FileHandle(
      forReadingFrom: URL(filePath: scratch.write(input, to: "input")))
    let output = try FileHandle(
      forWritingTo: URL(filePath: scratch.write("", to: "output")))
    let error = try FileHandle(forWritingTo: URL(filePath: scratch.write("", to: "error")))
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    try process.run()
    for handle in [input, output, error] { try handle.close() }
  }

  deinit {
    if process.isRunning { send(SIGKILL) }
  }

  /// Whether it has not ended yet.
  package var isRunning: Bool { process.isRunning }

  /// Its standard output so far.
  package var standardOutput: String { (try? scratch.text(of: "output")) ?? "" }

  /// Its standard error so far.
  package var standardError: String { (try? scratch.text(of: "error")) ?? "" }

  /// Sends a signal, such as SIGINT.
  package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until a condition holds, the program ends or the time is over.
  ///
  /// - Returns: whether the condition holds.
  package func wait(timeout: Double = 300, until condition: () -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: timeout)
    while !condition() {
      guard process.isRunning, Date() < deadline else { return condition() }
      usleep(1000)
    }
    return true
  }

  /// Waits for the end; kills the program when the time is over.
  package func wait(timeout: Double = 600) -> ProgramResult {
    let ended = wait(timeout: timeout) { !process.isRunning }
    if !ended { send(SIGKILL) }
    process.waitUntilExit()
    let exited = process.terminationReason == .exit
    return ProgramResult(
      status: exited ? process.terminationStatus : nil,
      signal: exited ? nil : process.terminationStatus, timedOut: !ended,
      standardOutput: standardOutput, standardError: standardError)
  }
}
