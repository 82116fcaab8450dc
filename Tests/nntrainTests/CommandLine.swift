import NNTestSupport
import Testing

/// The program under test, with helpers for its tests.
enum CommandLine {
  static let program = Program("nntrain")

  /// Runs a command, expecting it to succeed; returns its standard output.
  @discardableResult
  static func succeed(
    _ arguments: String..., environment: [String: String?] = [:], in folder: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try succeed(
      arguments: arguments, environment: environment, in: folder, sourceLocation: sourceLocation)
  }

  /// Runs a command; as above, with the arguments in a list.
  @discardableResult
  static func succeed(
    arguments: [String], environment: [String: String?] = [:], in folder: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try program.run(arguments, environment: environment, in: folder)
    #expect(result.status == 0, "\(result.standardError)", sourceLocation: sourceLocation)
    #expect(result.standardError == "", sourceLocation: sourceLocation)
    return result.standardOutput
  }

  /// Runs a command, expecting it to fail with a status and an `error: …` that holds all fragments.
  ///
  /// - Returns: its standard error.
  @discardableResult
  static func fail(
    _ arguments: [String], status: Int32 = 2, saying fragments: [String],
    environment: [String: String?] = [:], in folder: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try program.run(arguments, environment: environment, in: folder)
    let error = result.standardError
    #expect(result.status == status, "\(error)", sourceLocation: sourceLocation)
    #expect(error.hasPrefix("error: "), "\(error)", sourceLocation: sourceLocation)
    #expect(!error.contains("Fatal error"), sourceLocation: sourceLocation)
    for fragment in fragments {
      #expect(error.contains(fragment), "\(error)", sourceLocation: sourceLocation)
    }
    return error
  }
}
