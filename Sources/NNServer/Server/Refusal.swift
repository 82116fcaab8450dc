public import NNCore

/// Why a request is not answered: a status of HTTP and a sentence for the person or program behind it.
public struct Refusal: Error, Sendable, Hashable {
  /// The status: 400, 403, 404, 405, 409, 413, 429, 500, 503.
  public let status: Int
  /// What was expected and what was found.
  public let message: String
  /// Further headers: `Allow`, `Retry-After`.
  public let headers: [String: String]

  /// Creates a refusal.
  public init(_ status: Int, _ message: String, headers: [String: String] = [:]) {
    self.status = status
    self.message = message
    self.headers = headers
  }

  /// What a user can mend is 400, anything else 500.
  public init(_ error: NNError) {
    self.init(error.kind == .invalidInput ? 400 : 500, error.description)
  }
}
