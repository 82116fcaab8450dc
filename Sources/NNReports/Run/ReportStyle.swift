import NNDrawing

/// The layout of a report's figures.
enum ReportStyle {
  /// The CSS that reports add to that of pages.
  static let css = """
    .pairs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));\
    column-gap:1.5rem;align-items:start}
    .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.75rem;\
    padding:0;margin:1rem 0;list-style:none}
    .tiles li{margin:0;font-size:.8rem;line-height:1.3;overflow-wrap:anywhere}
    .tiles img{display:block;width:100%;max-width:7rem;height:auto;image-rendering:pixelated;\
    margin-bottom:.25rem}
    .tiles.wide{grid-template-columns:repeat(auto-fill,minmax(18rem,1fr))}
    .tiles.wide div{display:flex;gap:.25rem}
    .tiles.wide img{min-width:0}
    """

  /// The panel width of a figure that shares its row with another and fills a phone's screen.
  static let panelWidth = 400.0

  /// A figure of one plot with that width.
  static func figure(_ title: String, description: String, _ plot: Plot) -> Figure {
    Figure(title: title, description: description, panelWidth: panelWidth, panels: [plot])
  }

  /// Puts figures side by side where the width allows two.
  static func pairs(_ page: inout Page, _ fill: (inout Page) -> Void) {
    page.html("<div class=\"pairs\">")
    fill(&page)
    page.html("</div>")
  }

  /// Small images, each with texts below it, in as many columns as fit.
  static func tiles(_ page: inout Page, _ tiles: [(image: RasterImage, lines: [String])]) {
    let items = tiles.map { tile in
      "<li>\(element(tile.image, tile.lines.joined(separator: ", ")))\(text(tile.lines))</li>"
    }
    page.html("<ul class=\"tiles\">\n\(items.joined(separator: "\n"))\n</ul>")
  }

  /// Several small images in a row, each with what it shows, and texts below the row; in as many
  /// columns as fit.
  static func tiles(
    _ page: inout Page,
    rows: [(images: [(image: RasterImage, meaning: String)], lines: [String])]
  ) {
    let items = rows.map { row in
      "<li><div>" + row.images.map { element($0.image, $0.meaning) }.joined()
        + "</div>\(text(row.lines))</li>"
    }
    page.html("<ul class=\"tiles wide\">\n\(items.joined(separator: "\n"))\n</ul>")
  }

  private static func element(_ image: RasterImage, _ meaning: String) -> String {
    "<img src=\"\(PNGEncoder.dataAddress(image))\" width=\"\(image.width)\" "
      + "height=\"\(image.height)\" alt=\"\(escaped(meaning))\">"
  }

  private static func text(_ lines: [String]) -> String {
    lines.map(escaped).joined(separator: "<br>")
  }
}
