/// The background that a drawing is made for.
public enum Theme: Sendable, Hashable, CaseIterable {
  /// Both: the drawing follows the reader's `prefers-color-scheme`.
  case automatic
  /// White.
  case light
  /// Nearly black.
  case dark
}
