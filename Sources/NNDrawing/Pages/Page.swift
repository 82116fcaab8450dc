/// One self-contained HTML document: no request leaves it, no script runs.
///
/// ```swift
/// var page = Page(title: "Report")
/// page.heading("Loss")
/// page.figure(figure, caption: "Loss of each epoch.")
/// try AtomicFile.write(path: "report.html", text: page.text())
/// ```
///
/// Every text is escaped, except that of ``html(_:)``.
public struct Page: Sendable {
  /// The title, also the first heading.
  public var title: String
  /// A sentence under the title.
  public var summary: String?
  /// The main result, under the summary.
  public var headline: Headline?
  /// A line at the end of the page.
  public var footer: String?
  /// CSS that follows the style of all pages; empty by default.
  package var addedStyle = ""
  /// The seconds after which a browser loads the page again, for pages of what still runs; nil
  /// (default) for never.
  package var refreshInterval: Int?
  /// Whether the page begins with a list of its headings of level 2.
  public var hasContents = false

  private let language: String
  private var body = ""
  private var sections: [(id: String, text: String)] = []
  private var identifiers: Set<String> = []

  /// Creates an empty page.
  ///
  /// - Parameters:
  ///   - title: The title, also the first heading.
  ///   - language: The language of its texts, as in BCP 47.
  public init(title: String, language: String = "en") {
    self.title = title
    self.language = language
  }

  /// Adds a heading; it can be linked to by an `id` made of its words.
  ///
  /// - Parameters:
  ///   - text: The heading.
  ///   - level: From 2, the greatest, to 6.
  public mutating func heading(_ text: String, level: Int = 2) {
    let rank = min(max(level, 2), 6)
    let id = identifier(for: text)
    if rank == 2 { sections.append((id, text)) }
    body += "<h\(rank) id=\"\(id)\">\(escaped(text))</h\(rank)>\n"
  }

  /// Adds a paragraph.
  public mutating func paragraph(_ text: String) { body += "<p>\(escaped(text))</p>\n" }

  /// Adds a formula on a line of its own.
  public mutating func formula(_ text: String) {
    body += "<p class=\"formula\">\(escaped(text))</p>\n"
  }

  /// Adds a list.
  public mutating func list(_ items: [String]) {
    body += "<ul>\n" + items.map { "<li>\(escaped($0))</li>\n" }.joined() + "</ul>\n"
  }

  /// Adds a figure with a text below it.
  public mutating func figure(_ figure: Figure, caption: String = "") {
    add(svg: figure.svg(embedded: true), caption: caption)
  }

  /// Adds an animation with a text below it.
  public mutating func figure(_ animation: Animation, caption: String = "") {
    add(svg: animation.svg(embedded: true), caption: caption)
  }

  /// Adds a drawing at its own size: it scrolls where it is wider than the page.
  ///
  /// - Parameters:
  ///   - svg: The drawing, as an element `svg`.
  ///   - name: What it shows, for screen readers: `Network`.
  ///   - isTall: Whether it takes a page of paper for itself.
  public mutating func drawing(svg: String, name: String, isTall: Bool) {
    let kind = isTall ? "drawing tall" : "drawing"
    body += "<div class=\"\(kind)\" tabindex=\"0\" role=\"region\" "
    body += "aria-label=\"\(escaped(name))\">\(svg)</div>\n"
  }

  /// Adds a table; columns of numbers are aligned on the right.
  ///
  /// - Parameters:
  ///   - header: The names of the columns.
  ///   - rows: The cells, row by row; the first cell of a row names it.
  ///   - caption: A text above.
  ///   - samples: Line styles of columns that are drawn elsewhere on the page.
  ///   - best: For each row the columns whose cells are marked as its best; empty for no marks.
  public mutating func table(
    header: [String], rows: [[String]], caption: String? = nil, samples: [Int: Stroke] = [:],
    best: [Set<Int>] = []
  ) {
    let isNumeric = header.indices.map { column in
      let cells = rows.compactMap { column < $0.count ? $0[column] : nil }
      return !cells.isEmpty && cells.allSatisfy(Self.looksNumeric)
    }
    func attribute(_ column: Int) -> String {
      column < isNumeric.count && isNumeric[column] ? " class=\"number\"" : ""
    }
    let name = escaped(caption ?? header.joined(separator: ", "))
    body += "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"\(name)\">\n<table>\n"
    if let caption { body += "<caption>\(escaped(caption))</caption>\n" }
    body += "<thead><tr>"
    for (column, text) in header.enumerated() {
      let sample = samples[column].map(Self.sample) ?? ""
      body += "<th scope=\"col\"\(attribute(column))>\(sample)\(escaped(text))</th>"
    }
    body += "</tr></thead>\n<tbody>\n"
    for (index, row) in rows.enumerated() {
      body += "<tr>"
      for (column, text) in row.enumerated() {
        let tag = column == 0 ? "th scope=\"row\"" : "td"
        let isBest = index < best.count && best[index].contains(column)
        let content = isBest ? "<strong class=\"best\">\(escaped(text))</strong>" : escaped(text)
        body += "<\(tag)\(attribute(column))>\(content)</\(column == 0 ? "th" : "td")>"
      }
      body += "</tr>\n"
    }
    body += "</tbody>\n</table>\n</div>\n"
  }

  /// Adds text in which every space and line counts.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - language: What it is written in (`yaml`, `swift`), as the class `language-…`.
  ///   - wraps: Whether lines longer than the page are wrapped.
  public mutating func code(_ text: String, language: String? = nil, wraps: Bool = false) {
    let kind = language.map { " class=\"language-\(escaped($0))\"" } ?? ""
    body += wraps ? "<pre class=\"wraps\"" : "<pre"
    body += " tabindex=\"0\"><code\(kind)>\(escaped(text))</code></pre>\n"
  }

  /// Adds HTML unescaped; never pass text from users or data.
  public mutating func html(_ trusted: String) { body += trusted + "\n" }

  /// Adds a part that the reader can fold.
  ///
  /// - Parameters:
  ///   - summary: What is seen when it is folded.
  ///   - isOpen: Whether it is unfolded at first.
  ///   - content: Adds what is inside.
  public mutating func details(
    summary: String, isOpen: Bool = false, _ content: (inout Page) throws -> Void
  ) rethrows {
    body += "<details\(isOpen ? " open" : "")>\n<summary>\(escaped(summary))</summary>\n"
    defer { body += "</details>\n" }
    try content(&self)
  }

  /// The whole document.
  public func text() -> String {
    let lead = summary.map { "<p>\(escaped($0))</p>\n" } ?? ""
    let closing = footer.map { "<footer><p>\(escaped($0))</p></footer>\n" } ?? ""
    return """
      <!DOCTYPE html>
      <html lang="\(escaped(language))">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      \(refreshInterval.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">\n" } ?? "")\
      <title>\(escaped(title))</title>
      <style>
      \(PageStyle.css)\(addedStyle)
      </style>
      </head>
      <body>
      <header>
      <h1>\(escaped(title))</h1>
      \(lead)\(headline?.html ?? "")</header>
      \(contents)<main>
      \(body)</main>
      \(closing)</body>
      </html>

      """
  }

  private var contents: String {
    guard hasContents, !sections.isEmpty else { return "" }
    let items = sections.map { "<li><a href=\"#\($0.id)\">\(escaped($0.text))</a></li>\n" }
    return "<nav aria-label=\"Contents\">\n<ul>\n\(items.joined())</ul>\n</nav>\n"
  }

  /// A short line, as in a legend.
  private static func sample(_ stroke: Stroke) -> String {
    var canvas = SVGCanvas()
    canvas.draw(lines: [[Point(0, 4), Point(LegendLayout.sampleWidth, 4)]], stroke: stroke)
    let width = Int(LegendLayout.sampleWidth)
    let line = String(decoding: canvas.bytes.dropLast(), as: UTF8.self)
    return "<svg class=\"nnplot sample\" width=\"\(width)\" height=\"8\" aria-hidden=\"true\">"
      + "<g fill=\"none\">\(line)</g></svg>"
  }

  private mutating func add(svg: String, caption: String) {
    let text = caption.isEmpty ? "" : "<figcaption>\(escaped(caption))</figcaption>\n"
    body += "<figure>\n<div class=\"picture\">\(svg)</div>\n\(text)</figure>\n"
  }

  private mutating func identifier(for text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let stem = words.isEmpty ? "section" : words.joined(separator: "-")
    var id = stem
    var number = 2
    while !identifiers.insert(id).inserted {
      id = "\(stem)-\(number)"
      number += 1
    }
    return id
  }

  /// Whether a cell holds a number, perhaps with a sign, a unit of one word or a percent sign.
  private static func looksNumeric(_ cell: String) -> Bool {
    let text = cell.drop { "−-+±~≈<>≤≥ ".contains($0) }
    guard let first = text.first else { return true }
    return first.isASCII && first.isNumber || cell == "n/a"
  }
}
