/// The colours and fonts of plots as CSS.
///
/// Classes that begin with `s` colour a stroke, those with `f` a filling.
enum StyleSheet {
  /// The rules for a theme.
  static func css(_ theme: Theme) -> String {
    switch theme {
    case .automatic:
      shared(".nnplot") + colors(".nnplot", .light)
        + "@media (prefers-color-scheme:dark){\n" + colors(".nnplot", .dark) + "}\n"
    case .light: shared(".nnplot.light") + colors(".nnplot.light", .light)
    case .dark: shared(".nnplot.dark") + colors(".nnplot.dark", .dark)
    }
  }

  /// The CSS class of a colour, without its first letter; nil for a fixed colour.
  static func name(_ paint: Paint) -> String? {
    switch paint {
    case .series(let index):
      "\(((index % Palette.count) + Palette.count) % Palette.count)"
    case .text: "t"
    case .muted: "m"
    case .grid: "g"
    case .background: "b"
    case .fixed: nil
    }
  }

  private static func shared(_ selector: String) -> String {
    """
    \(selector) text{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}
    \(selector) image{image-rendering:optimizeSpeed;image-rendering:pixelated}
    \(selector) .small{font-size:\(TextMetrics.points(.small))px}
    \(selector) .medium{font-size:\(TextMetrics.points(.medium))px}
    \(selector) .large{font-size:\(TextMetrics.points(.large))px;font-weight:bold}
    \(selector) .halo{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}

    """
  }

  private static func colors(_ selector: String, _ palette: Palette) -> String {
    let parts: [Paint] =
      (0..<Palette.count).map { .series($0) } + [.text, .muted, .grid, .background]
    return parts.map { paint in
      let name = name(paint) ?? ""
      let color = palette[paint].hex
      return "\(selector) .s\(name){stroke:\(color)}\(selector) .f\(name){fill:\(color)}\n"
    }.joined() + "\(selector) .halo{stroke:\(palette.background.hex)}\n"
  }
}
