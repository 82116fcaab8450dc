import NNDrawing
import Testing

@Suite struct PageTests {
  private static let hostile = "<script>alert('a & b')</script> \"q\" \u{0}"

  private static func page() -> Page {
    var page = Page(title: hostile, language: "en")
    page.summary = hostile
    page.footer = hostile
    page.hasContents = true
    page.heading(hostile)
    page.heading("Loss")
    page.heading("Loss")
    page.heading("η ≤ 1")
    page.heading("Deeper", level: 3)
    page.paragraph(hostile)
    page.formula(hostile)
    page.list([hostile, "second"])
    page.code(hostile, language: hostile)
    page.table(
      header: ["layer", hostile, "time"],
      rows: [["a", "b", "1.5 ms"], [hostile, "c", "−2"], ["d"]],
      caption: hostile)
    page.table(header: [], rows: [])
    page.details(summary: hostile) { $0.paragraph(hostile) }
    page.figure(
      Plot(title: hostile, marks: [Line(hostile, x: [0, 1], y: [0, 1])]).alone, caption: hostile)
    page.html("<p class=\"mine\">trusted</p>")
    return page
  }

  @Test func everythingIsEscapedAndWellFormed() throws {
    let text = Self.page().text()
    let root = try XMLTree.read(text, isHTML: true)
    #expect(!root.all.contains { $0.name == "script" })
    #expect(root.attributes["lang"] == "en")
    let paragraphs = root.all.filter { $0.name == "p" }.map(\.fullText)
    #expect(paragraphs.contains("<script>alert('a & b')</script> \"q\" \u{FFFD}"))
    #expect(paragraphs.contains("trusted"))
  }

  @Test func aPageHasItsLandmarksAndAsksForNothing() throws {
    let text = Self.page().text()
    let root = try XMLTree.read(text, isHTML: true)
    let names = root.all.map(\.name)
    for name in ["header", "nav", "main", "footer", "h1", "title", "figure", "figcaption"] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(names.filter { $0 == "h1" }.count == 1 && names.filter { $0 == "style" }.count == 1)
    #expect(
      root.all.contains {
        $0.name == "meta" && $0.attributes["name"] == "viewport"
          && $0.attributes["content"] == "width=device-width, initial-scale=1"
      })
    for node in root.all {
      for name in ["href", "src"] {
        guard let target = node.attributes[name] else { continue }
        #expect(target.hasPrefix("#") || target.hasPrefix("data:"), "\(target)")
      }
    }
    #expect(!text.contains("@import") && !text.contains("url("))
  }

  @Test func headingsAreReachedFromTheContents() throws {
    let root = try XMLTree.read(Self.page().text(), isHTML: true)
    let ids = root.all.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    #expect(ids.contains("loss") && ids.contains("loss-2") && ids.contains("deeper"))
    let links = root.all.filter { $0.name == "a" }.compactMap { $0.attributes["href"] }
    #expect(links.count == 4)
    for link in links { #expect(ids.contains(String(link.dropFirst()))) }
  }

  @Test func tablesNameTheirRowsAndColumns() throws {
    var page = Page(title: "Tables")
    page.table(
      header: ["layer", "time", "note"],
      rows: [["dense", "1.5 ms", "7 of"], ["relu", "−2", "none"], ["x", "", ""]])
    let root = try XMLTree.read(page.text(), isHTML: true)
    let heads = root.all.filter { $0.name == "th" }
    #expect(
      heads.filter { $0.attributes["scope"] == "col" }.map(\.fullText) == ["layer", "time", "note"])
    #expect(
      heads.filter { $0.attributes["scope"] == "row" }.map(\.fullText) == ["dense", "relu", "x"])
    let numeric = root.all.filter { $0.attributes["class"] == "number" }.map(\.fullText)
    #expect(numeric == ["time", "1.5 ms", "−2", ""])
  }

  @Test func aHeadlineIsUnderTheTitle() throws {
    var page = Page(title: "Run")
    page.headline = Headline(
      figure: "97.5 %", label: "test accuracy <b>", facts: [("epochs", "3 of 3"), ("a & b", "1")],
      command: "nntrain train 'a b.yaml'")
    page.paragraph("below")
    let root = try XMLTree.read(page.text(), isHTML: true)
    let header = try #require(root.all.first { $0.name == "header" })
    #expect(header.all.first { $0.name == "strong" }?.fullText == "97.5 %")
    #expect(
      header.all.first { $0.attributes["class"] == "score" }?.fullText
        == "97.5 % test accuracy <b>")
    #expect(header.all.filter { $0.name == "dt" }.map(\.fullText) == ["epochs", "a & b"])
    #expect(header.all.filter { $0.name == "dd" }.map(\.fullText) == ["3 of 3", "1"])
    #expect(header.all.first { $0.name == "pre" }?.fullText == "nntrain train 'a b.yaml'")
    page.headline = Headline(figure: nil, label: "", facts: [])
    #expect(!page.text().contains("class=\"score\"") && !page.text().contains("<dl"))
  }

  @Test func tablesMarkTheBest() throws {
    var page = Page(title: "Tables")
    page.table(
      header: ["figure", "a", "b"], rows: [["loss", "0.5", "0.25"], ["epochs", "1", "1"]],
      samples: [1: Stroke(.series(0)), 2: Stroke(.series(1), dash: .dashed)], best: [[2], []])
    let root = try XMLTree.read(page.text(), isHTML: true)
    let marked = root.all.filter { $0.attributes["class"] == "best" }.map(\.fullText)
    #expect(marked == ["0.25"])
    let heads = root.all.filter { $0.name == "th" && $0.attributes["scope"] == "col" }
    let colours = heads.map { $0.all.filter { $0.name == "path" }.map { $0.attributes["class"] } }
    #expect(colours == [[], ["s0"], ["s1"]])
    #expect(heads.map(\.fullText) == ["figure", "a", "b"])
    #expect(heads[2].all.contains { $0.attributes["stroke-dasharray"] != nil })
  }

  @Test func theStyleHasBothThemes() {
    for palette in [Palette.light, .dark] {
      #expect(PageStyle.css.contains("--background: \(palette.background.hex);"))
      #expect(PageStyle.css.contains("--series-7: \(palette.series[7].hex);"))
    }
    #expect(PageStyle.css.contains("@media print"))
    #expect(PageStyle.css.filter { $0 == "{" }.count == PageStyle.css.filter { $0 == "}" }.count)
  }
}
