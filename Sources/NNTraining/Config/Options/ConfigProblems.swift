package import NNCore

/// Everything that is wrong with a config, collected so that one reading reports all of it.
package final class ConfigProblems {
  /// Of more problems only the number is told.
  private static let largestCount = 100

  private var errors: [(position: ConfigPosition, message: String, hint: String?)] = []
  private var furtherCount = 0
  private var layerCount = 0

  package init() {}

  /// Whether nothing has been reported.
  package var isEmpty: Bool { errors.isEmpty }

  /// Takes note of a problem.
  package func report(
    _ message: @autoclosure () -> String, at position: ConfigPosition,
    hint: @autoclosure () -> String? = nil
  ) {
    guard errors.count < Self.largestCount else {
      furtherCount += 1
      return
    }
    errors.append((position, message(), hint()))
  }

  /// Counts layers of the network, and reports once where they become too many.
  ///
  /// - Returns: Whether they are few enough.
  func take(layers count: Int, at position: ConfigPosition) -> Bool {
    let isFirst = layerCount <= OptionBound.layers
    layerCount = layerCount.addingSaturating(count)
    guard layerCount > OptionBound.layers else { return true }
    if isFirst {
      report("the network has more than \(OptionBound.layers) layers", at: position)
    }
    return false
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
    let further = furtherCount == 0 ? "" : "\n  and \(furtherCount) more"
    throw .invalid(
      "\(ordered.count + furtherCount) problems\(lines.joined())\(further)", at: source)
  }
}
