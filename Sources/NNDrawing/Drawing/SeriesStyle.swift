/// The colour of a mark.
public enum SeriesColor: Sendable, Hashable {
  /// The next colour of the palette; marks with the same name share it.
  case automatic
  /// A colour of the palette by its index, from 0; the palette repeats.
  case series(Int)
  /// Grey, for the background.
  case muted
  /// The colour of text, for emphasis.
  case emphasis
}

/// A dash pattern.
public enum Dash: Sendable, Hashable {
  /// Solid for the first series of a plot, another pattern for each further one.
  case automatic
  /// Unbroken.
  case solid
  /// Long strokes.
  case dashed
  /// Dots.
  case dotted
  /// Strokes and dots in turn.
  case dashDotted
}

/// The shape of a point.
public enum Symbol: Sendable, Hashable, CaseIterable {
  /// A shape of its own for each series of a plot.
  case automatic
  /// A filled circle.
  case circle
  /// A filled square.
  case square
  /// A filled triangle.
  case triangle
  /// A filled square on its corner.
  case diamond
  /// Two crossing strokes, slanted.
  case cross
  /// Two crossing strokes, vertical and horizontal.
  case plus
}
