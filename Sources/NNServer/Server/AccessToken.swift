/// The secret part of a page's URL: the server is usable only with the URL.
///
/// Other users of the machine, and pages of other sites in the user's browser, can reach every port
/// of 127.0.0.1. In the path, unlike in a cookie, the secret is not sent to other ports.
public struct AccessToken: Sendable, CustomStringConvertible {
  /// 32 hexadecimal digits.
  public let description: String

  /// Draws 128 bits from the system's random numbers.
  public init() {
    var generator = SystemRandomNumberGenerator()
    description = (0..<2).map { _ in Self.hexadecimal(generator.next()) }.joined()
  }

  /// Whether a text is the secret, compared in constant time.
  func matches(_ candidate: some StringProtocol) -> Bool {
    let expected = Array(description.utf8)
    let given = Array(candidate.utf8)
    guard given.count == expected.count else { return false }
    return zip(expected, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
