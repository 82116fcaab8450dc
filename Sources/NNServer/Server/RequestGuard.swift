/// The checks that every request must pass before it is routed.
///
/// A page of another site can make the user's browser send requests here. It is detected by its
/// `Origin`, or with DNS rebinding by `Host`. And it does not have the token.
package struct RequestGuard: Sendable {
  let token: AccessToken
  private let hosts: Set<String>
  private let origins: Set<String>

  /// Creates the checks for the server on a port of 127.0.0.1.
  package init(token: AccessToken, port: Int) {
    self.token = token
    let names = ["127.0.0.1", "localhost"]
    let hosts = names.map { "\($0):\(port)" } + (port == 80 ? names : [])
    self.hosts = Set(hosts)
    origins = Set(hosts.map { "http://\($0)" })
  }

  /// The path after the token: empty, or beginning with a slash, without the query.
  ///
  /// - Parameters:
  ///   - target: The path and query of the request line.
  ///   - host: The header `Host`.
  ///   - origin: The header `Origin`, which browsers add to requests that another site may have
  ///     caused.
  /// - Throws: ``Refusal`` 400 or 403.
  package func path(target: String, host: String?, origin: String?) throws(Refusal) -> Substring {
    guard let host, hosts.contains(host.lowercased()) else {
      throw Refusal(403, "expected the host \(hosts.sorted()[0])")
    }
    if let origin, !origins.contains(origin.lowercased()) {
      throw Refusal(403, "requests from other sites are refused")
    }
    guard target.first == "/" else { throw Refusal(400, "expected a path") }
    let path = target.prefix { $0 != "?" && $0 != "#" }
    let candidate = path.dropFirst().prefix { $0 != "/" }
    guard token.matches(candidate) else {
      throw Refusal(403, "expected the token of the address that the program printed")
    }
    return path[candidate.endIndex...]
  }
}
