import CProcess

/// The command line of this process.
package enum ProgramArguments {
  /// The words of the command line, the program's own name first.
  ///
  /// They are as the system passed them: `CommandLine.arguments` reads `/proc/self/cmdline` on
  /// Linux, and is empty in a sandbox without it.
  package static var words: [String] {
    let count = Int(nn_argument_count())
    guard count > 0, let words = nn_arguments() else { return CommandLine.arguments }
    return (0..<count).compactMap { words[$0].map { String(cString: $0) } }
  }
}
