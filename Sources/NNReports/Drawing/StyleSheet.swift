/// The colours and fonts of plots as CSS.
enum StyleSheet {
  /// The rules for a theme.
  static func css(_ theme: Theme) -> String { "" }
}
