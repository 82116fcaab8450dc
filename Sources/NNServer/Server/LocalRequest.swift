import NNCore
package import NNFormats

/// A request that has passed the guards, with its complete body.
public struct LocalRequest: Sendable {
  /// The path's values of `:name` parameters.
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
  /// - Throws: ``Refusal`` 400 with the position of the first invalid byte.
  package func json() throws(Refusal) -> JSONValue {
    do throws(NNError) {
      return try JSONValue(parsing: body[...], at: "the request's body")
    } catch { throw Refusal(error) }
  }
}
