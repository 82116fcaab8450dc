/// Turns a list of layers in braces into an array: `Model { Dense(128); ReLU(); Dense(10) }`.
@resultBuilder
public enum LayerBuilder {
  /// A layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// An array of layers.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// The layers one after another.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  /// The layers of an `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// The layers of an `if`.
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  /// The layers of an `else`.
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  /// The layers of all iterations of a `for`.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
