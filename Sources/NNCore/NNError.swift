/// What went wrong, where, and how to fix it.
///
/// Every error that a user can cause is of this type. Its text is `place: message` and, on a line
/// of its own, the hint; the command line prints it after `error: `.
public struct NNError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Who has to act, which decides the exit status of the command line.
  public enum Kind: Sendable, Hashable {
    /// Wrong arguments, config or data: the caller's input must change. Exit status 2.
    case invalidInput
    /// The run itself failed: divergence, a full disk, an unreadable device. Exit status 1.
    case runFailed
  }

  /// Who has to act.
  public let kind: Kind
  /// What was expected and what was found.
  public let message: String
  /// Where: `file:line:column`, a file, a row of data, a layer path.
  public let place: String?
  /// The likely fix.
  public let hint: String?
  /// Whether a training failed because its numbers did not stay finite.
  package private(set) var isDivergence = false

  /// Creates an error from its parts.
  public init(_ kind: Kind, _ message: String, at place: String? = nil, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.place = place
    self.hint = hint
  }

  /// An error that the caller's input caused.
  public static func invalid(
    _ message: String, at place: String? = nil, hint: String? = nil
  ) -> NNError {
    NNError(.invalidInput, message, at: place, hint: hint)
  }

  /// An error that happened while running.
  public static func failed(
    _ message: String, at place: String? = nil, hint: String? = nil
  ) -> NNError {
    NNError(.runFailed, message, at: place, hint: hint)
  }

  /// The error of a training whose loss, gradient or weights are no longer finite.
  package static func diverged(_ message: String, hint: String? = nil) -> NNError {
    var error = NNError.failed(message, hint: hint)
    error.isDivergence = true
    return error
  }

  /// The exit status of the command line for this error.
  public var exitStatus: Int32 { kind == .invalidInput ? 2 : 1 }

  /// `place: message` and, on a line of its own, the hint.
  public var description: String {
    (place.map { "\($0): " } ?? "") + message + (hint.map { "\n  hint: \($0)" } ?? "")
  }

  /// `place: message`, for lists of errors.
  public var withoutHint: String { (place.map { "\($0): " } ?? "") + message }

  /// The same error with kind `runFailed`, whatever its kind was: exit status 1.
  package var asFailure: NNError { copy(kind: .runFailed, place: place) }

  /// The same error with a place prepended, for callers who know more about where it happened.
  public func at(_ outer: String) -> NNError {
    copy(kind: kind, place: place.map { "\(outer): \($0)" } ?? outer)
  }

  private func copy(kind: Kind, place: String?) -> NNError {
    var error = NNError(kind, message, at: place, hint: hint)
    error.isDivergence = isDivergence
    return error
  }
}
