/// The version of this package.
public enum Version {
  /// `major.minor.patch`
  public static let current = "0.1.0"
}
