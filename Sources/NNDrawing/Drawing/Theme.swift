/// What background a picture is for.
public enum Theme: Sendable, Hashable, CaseIterable {
  /// Both: it follows the reader's `prefers-color-scheme`.
  case automatic
  /// White.
  case light
  /// Nearly black.
  case dark
}
