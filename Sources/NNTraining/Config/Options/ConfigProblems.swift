package import NNCore

/// All problems of a config, collected so that one reading reports all of them.
package final class ConfigProblems {
  /// Further problems are only counted.
  private static let largestCount = 100

  private var errors: [(position: ConfigPosition, message: String, hint: String?)] = []
  private var furtherCount = 0
  private var layerCount = 0

  package init() {}

  /// The number of problems reported so far.
  var count: Int { errors.count + furtherCount }
  /// Whether nothing has been reported.
  package var isEmpty: Bool { errors.isEmpty }

  /// Adds a problem.
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

  /// Counts layers of the network, and reports once if they exceed the limit.
  ///
  /// - Returns: Whether they are within the limit.
  func take(layers count: Int, at position: ConfigPosition) -> Bool {
    let isFirst = layerCount <= OptionBound.layers
    layerCount = layerCount.addingSaturating(count)
    guard layerCount > OptionBound.layers else { return true }
    if isFirst {
      report("the network has more than \(OptionBound.layers) layers", at: position)
    }
    return false
  }

  /// Throws one error for all problems, in the order of the file, one line per problem.
  ///
  /// - Throws: `NNError`, unless there are no problems.
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
