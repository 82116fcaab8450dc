/// Something drawn between the axes of a plot.
///
/// A new mark is one file with a type of this protocol: it reports the range of its values and
/// draws itself on any canvas, such as an SVG file or a terminal.
public protocol Mark: Sendable {
  /// The name in the legend; marks of one name share colour and entry.
  var name: String? { get }
  /// The colour; only `.automatic` uses up a colour of the palette.
  var color: SeriesColor { get }
  /// Whether marks of this kind stand side by side at each position, as bars do.
  var standsSideBySide: Bool { get }
  /// Whether the mark covers what is behind it, so that symbols on top need an edge.
  var isFilled: Bool { get }
  /// Ticks of the horizontal axis; nil for numbers.
  var categories: [Tick]? { get }
  /// The scale of the color bar; nil when there is none.
  var colorScale: ColorScale? { get }

  /// Extends the plot's ranges to the values.
  func extend(_ extent: inout DataExtent)
  /// Draws within the axes.
  func draw(on canvas: inout some Canvas, in frame: PlotFrame, style: MarkStyle)
  /// How the legend shows the mark; nil for no entry.
  func key(_ style: MarkStyle) -> LegendKey?
}

extension Mark {
  /// Nil by default: no entry in the legend.
  public var name: String? { nil }
  /// Grey by default.
  public var color: SeriesColor { .muted }
  /// False by default.
  public var standsSideBySide: Bool { false }
  /// False by default.
  public var isFilled: Bool { false }
  /// Nil by default: the axis has numbers.
  public var categories: [Tick]? { nil }
  /// Nil by default: no color bar.
  public var colorScale: ColorScale? { nil }
  /// Nil by default: no entry in the legend.
  public func key(_ style: MarkStyle) -> LegendKey? { nil }
}

/// The colour, pattern and symbol that a plot assigns to a mark.
public struct MarkStyle: Sendable, Hashable {
  /// The colour.
  public internal(set) var paint: Paint
  /// The dash pattern of automatic lines.
  public internal(set) var dash = Dash.solid
  /// The shape of automatic symbols.
  public internal(set) var symbol = Symbol.circle
  /// The mark's number among those that stand side by side.
  public internal(set) var slot = 0
  /// The number of marks that stand side by side.
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
  /// The opacity of the fill, if there is one.
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

  /// This entry merged with another one of the same name.
  func joined(with other: LegendKey) -> LegendKey {
    LegendKey(
      paint, stroke: stroke ?? other.stroke, symbol: symbol ?? other.symbol,
      opacity: opacity ?? other.opacity)
  }
}
