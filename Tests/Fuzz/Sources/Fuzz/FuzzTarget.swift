/// A fuzz target: a reader of files, or a command on a run folder.
struct FuzzTarget: Sendable {
  /// Tries an input.
  typealias Body = @Sendable ([UInt8]) throws -> Void

  /// The name on the command line.
  let name: String
  /// The number of inputs that `scripts/fuzz` tries.
  let executions: Int
  /// Prepares the target, with seed inputs in the workplace's `seeds`, and returns the function
  /// that tries an input.
  let prepare: @Sendable (Workplace) throws -> Body

  /// All targets.
  static let all =
    FileReaders.targets + TextReaders.targets + DataReaders.targets + TextExamples.targets
    + RunCommands.targets

  /// The target with a name.
  static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

  /// A reader of bytes.
  static func reader(
    _ name: String, _ read: @escaping @Sendable ([UInt8]) throws -> Void
  ) -> FuzzTarget {
    FuzzTarget(name: name, executions: 100_000) { _ in read }
  }

  /// A reader of a file with this name.
  static func reader(
    _ name: String, file: String, _ read: @escaping @Sendable (String) throws -> Void
  ) -> FuzzTarget {
    FuzzTarget(name: name, executions: 100_000) { workplace in
      { bytes in
        Workplace.enter(workplace.path)
        Workplace.write(bytes, to: file)
        try read(file)
      }
    }
  }
}
