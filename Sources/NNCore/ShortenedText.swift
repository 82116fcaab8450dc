extension String {
  /// The first characters of a long text and its length; a short text unchanged.
  ///
  /// Messages quote what they found, and a file may hold a word of a megabyte.
  public func shortened(to limit: Int = 80) -> String {
    let scalars = unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end != scalars.endIndex
    else { return self }
    return "\(String(scalars[..<end]))… (\(scalars.count) characters)"
  }
}
