/// The column of a table whose texts are the network's main input.
public struct TextColumn: Sendable, Hashable {
  /// The column.
  public var column: ColumnReference
  /// How its texts become tokens.
  public var tokens: TextTokens

  /// Creates the description.
  public init(_ column: ColumnReference, tokens: TextTokens = TextTokens()) {
    self.column = column
    self.tokens = tokens
  }
}
