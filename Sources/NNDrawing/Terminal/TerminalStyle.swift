/// The characters that drawings in a terminal are made of.
public struct TerminalStyle: Sendable, Hashable {
  /// A set of characters.
  public enum Glyphs: Sendable, Hashable, CaseIterable {
    /// Braille: eight dots per character.
    case braille
    /// Quarter blocks: four dots per character.
    case blocks
    /// ASCII only.
    case ascii
  }

  /// The set of characters.
  public var glyphs: Glyphs
  /// Whether escape sequences for 256 colours are written.
  public var hasColors: Bool

  /// Creates a style.
  public init(_ glyphs: Glyphs, hasColors: Bool = false) {
    self.glyphs = glyphs
    self.hasColors = hasColors
  }

  /// Braille without colours.
  public static let braille = TerminalStyle(.braille)
  /// Quarter blocks without colours.
  public static let blocks = TerminalStyle(.blocks)
  /// ASCII without colours.
  public static let ascii = TerminalStyle(.ascii)

  /// The same characters in colour.
  public var colored: TerminalStyle { TerminalStyle(glyphs, hasColors: true) }
}
