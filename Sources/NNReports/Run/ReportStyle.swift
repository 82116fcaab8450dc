import NNDrawing

/// How the parts of a report lie beside each other.
enum ReportStyle {
  /// The rules that reports add to those of pages.
  static let css = """
    .pairs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));\
    column-gap:1.5rem;align-items:start}
    .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.75rem;\
    padding:0;margin:1rem 0;list-style:none}
    .tiles li{margin:0;font-size:.8rem;line-height:1.3;overflow-wrap:anywhere}
    .tiles img{display:block;width:100%;max-width:7rem;height:auto;image-rendering:pixelated;\
    margin-bottom:.25rem}
    """

  /// The panel of a figure that shares its row with another, and fills a phone's screen.
  static let panelWidth = 400.0

  /// A figure of one plot that is as wide.
  static func figure(_ title: String, description: String, _ plot: Plot) -> Figure {
    Figure(title: title, description: description, panelWidth: panelWidth, panels: [plot])
  }

  /// Puts figures beside each other where there is room for two.
  static func pairs(_ page: inout Page, _ fill: (inout Page) -> Void) {
    page.html("<div class=\"pairs\">")
    fill(&page)
    page.html("</div>")
  }

  /// Small pictures, each with texts below it, in as many columns as fit.
  static func tiles(_ page: inout Page, _ tiles: [(picture: Picture, lines: [String])]) {
    let items = tiles.map { picture, lines in
      "<li><img src=\"\(PNGEncoder.dataAddress(picture))\" width=\"\(picture.width)\" "
        + "height=\"\(picture.height)\" alt=\"\(escaped(lines.joined(separator: ", ")))\">"
        + lines.map(escaped).joined(separator: "<br>") + "</li>"
    }
    page.html("<ul class=\"tiles\">\n\(items.joined(separator: "\n"))\n</ul>")
  }
}
