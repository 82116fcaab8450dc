/// How numbers become colours.
public enum ColorMap: Sendable, Hashable, CaseIterable {
  /// From dark blue by green to yellow; brightness grows with the number.
  case sequential
  /// From blue by the background to vermilion; the middle is the middle of the range.
  case diverging
  /// A pale wash of the first two series' colours, for points of these classes on top.
  case classes
  /// From black to white.
  case gray
}
