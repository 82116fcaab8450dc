/// Something drawn between the axes of a plot.
///
/// A new mark is one file with a type of this protocol: it says what room its values need and draws
/// itself on any canvas, be it an SVG file or a terminal.
public protocol Mark: Sendable {
  /// The name in the legend; marks of one name share colour and entry.
  var name: String? { get }
  /// The colour; only `.automatic` takes a place in the palette.
  var color: SeriesColor { get }
  /// Whether marks of this kind share the room at each place, as bars do.
  var standsSideBySide: Bool { get }
  /// Whether the mark covers what is behind it, so that symbols on top need an edge.
  var isFilled: Bool { get }
  /// Texts for the horizontal axis; nil leaves it to numbers.
  var categories: [Tick]? { get }
  /// What a bar of colours explains; nil when there is none.
  var colorScale: ColorScale? { get }

  /// Makes room for the values.
  func extend(_ extent: inout DataExtent)
  /// Draws within a frame.
  func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle)
  /// How the legend shows the mark; nil stays out of it.
  func key(_ style: MarkStyle) -> LegendKey?
}

extension Mark {
  /// No name.
  public var name: String? { nil }
  /// Grey.
  public var color: SeriesColor { .muted }
  /// No.
  public var standsSideBySide: Bool { false }
  /// No.
  public var isFilled: Bool { false }
  /// Numbers.
  public var categories: [Tick]? { nil }
  /// None.
  public var colorScale: ColorScale? { nil }
  /// Not in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? { nil }
}

/// What a plot settles for a mark.
public struct MarkStyle: Sendable, Hashable {
  /// The colour.
  public internal(set) var paint: Paint
  /// How automatic lines are broken.
  public internal(set) var dash = Dash.solid
  /// The shape of automatic symbols.
  public internal(set) var symbol = Symbol.circle
  /// The mark's number among those that stand side by side.
  public internal(set) var slot = 0
  /// How many marks stand side by side.
  public internal(set) var slots = 1
}

/// An entry of a legend.
public struct LegendKey: Sendable, Hashable {
  /// The colour.
  public var paint: Paint
  /// The line, if there is one.
  public var stroke: Stroke?
  /// The symbol, if there is one.
  public var symbol: Symbol?
  /// The opacity of the filling, if there is one.
  public var opacity: Double?

  /// Creates an entry.
  public init(
    _ paint: Paint, stroke: Stroke? = nil, symbol: Symbol? = nil, opacity: Double? = nil
  ) {
    self.paint = paint
    self.stroke = stroke
    self.symbol = symbol
    self.opacity = opacity
  }

  /// This entry with what another one of the same name adds.
  func joined(with other: LegendKey) -> LegendKey {
    LegendKey(
      paint, stroke: stroke ?? other.stroke, symbol: symbol ?? other.symbol,
      opacity: opacity ?? other.opacity)
  }
}
