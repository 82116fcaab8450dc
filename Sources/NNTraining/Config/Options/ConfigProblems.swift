package import NNCore

/// Everything that is wrong with a config, collected so that one reading reports all of it.
package final class ConfigProblems {
  private var errors: [(position: ConfigPosition, message: String, hint: String?)] = []

  package init() {}

  /// Whether nothing has been reported.
  package var isEmpty: Bool { errors.isEmpty }

  /// Takes note of a problem.
  package func report(_ message: String, at position: ConfigPosition, hint: String? = nil) {
    errors.append((position, message, hint))
  }

  /// One error for all problems, in the order of the file, each on a line of its own.
  ///
  /// - Throws: `NNError`, unless there is no problem.
  package func throwIfAny(in source: String) throws(NNError) {
    let ordered = errors.enumerated().sorted {
      ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
    }.map(\.element)
    guard let first = ordered.first else { return }
    guard ordered.count > 1 else {
      throw .invalid(first.message, at: "\(first.position)", hint: first.hint)
    }
    let lines = ordered.map { error in
      "\n  \(error.position): \(error.message)\(error.hint.map { " (\($0))" } ?? "")"
    }
    throw .invalid("\(ordered.count) problems\(lines.joined())", at: source)
  }
}
