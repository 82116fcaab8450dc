import NNCore
package import NNFormats

/// A request that the guards have let through, with its whole body.
public struct LocalRequest: Sendable {
  /// What the path has in the places of `:name`.
  public let parameters: [String: String]
  /// The body; empty where there is none.
  public let body: [UInt8]

  /// Creates a request.
  public init(parameters: [String: String] = [:], body: [UInt8] = []) {
    self.parameters = parameters
    self.body = body
  }

  /// The body as JSON.
  ///
  /// - Throws: ``Refusal`` 400 with the place of the first byte that does not fit.
  package func json() throws(Refusal) -> JSONValue {
    do throws(NNError) {
      return try JSONValue(parsing: body[...], at: "the request's body")
    } catch { throw Refusal(error) }
  }
}
