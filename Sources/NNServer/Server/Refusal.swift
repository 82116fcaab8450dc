public import NNCore

/// An HTTP error: a status and a message for the user or program that sent the request.
public struct Refusal: Error, Sendable, Hashable {
  /// The status: 400, 403, 404, 405, 409, 413, 429, 500, 503.
  public let status: Int
  /// The message: what was expected and what was found.
  public let message: String
  /// Additional headers: `Allow`, `Retry-After`.
  public let headers: [String: String]

  /// Creates a refusal.
  public init(_ status: Int, _ message: String, headers: [String: String] = [:]) {
    self.status = status
    self.message = message
    self.headers = headers
  }

  /// 400 for errors that a user can fix, else 500.
  public init(_ error: NNError) {
    self.init(error.kind == .invalidInput ? 400 : 500, error.description)
  }
}
