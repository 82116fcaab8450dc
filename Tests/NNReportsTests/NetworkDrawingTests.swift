import NNCore
import NNLayers
import NNReports
import NNTestSupport
import Testing

@Suite struct NetworkDrawingTests {
  private let wiring = LayerWiring(
    nodes: [
      .init(kind: .input, path: "", name: "input", outputShape: [3], parameters: 0),
      .init(kind: .layer, path: "0", name: "Dense 4", outputShape: [4], parameters: 12345),
      .init(
        kind: .layer, path: "1.\"x\"", name: "a<b> & \"c\\d\"", outputShape: [4], parameters: 1),
      .init(kind: .join, path: "1", name: "+", outputShape: [4], parameters: 0),
    ],
    edges: [
      .init(from: 0, to: 1), .init(from: 1, to: 2), .init(from: 2, to: 3), .init(from: 1, to: 3),
    ])

  /// What Graphviz's grammar asks: balanced braces, statements that end in `;`, quoted texts in
  /// which every quote is escaped.
  @Test func dotSyntax() throws {
    let dot = NetworkDrawing(wiring, title: "a \"net\"\nwork").dot
    var isQuoted = false
    var isEscaped = false
    var depth = 0
    var outside = ""
    for character in dot {
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted {
        if character == "{" { depth += 1 }
        if character == "}" { depth -= 1 }
        outside.append(character)
      } else {
        #expect(character != "\n")
      }
    }
    #expect(!isQuoted && depth == 0)
    #expect(outside.hasPrefix("digraph  {"))
    let statements = outside.split(separator: "\n").dropFirst().dropLast()
    #expect(statements.allSatisfy { $0.hasSuffix(";") })
    #expect(dot.contains(#"digraph "a \"net\"\nwork" {"#))
    #expect(dot.contains(#"n1 [label="Dense 4\n0 · [4] · 12,345 parameters", penwidth=2];"#))
    #expect(
      dot.contains(#"n2 [label="a<b> & \"c\\d\"\n1.\"x\" · [4] · 1 parameter", penwidth=2];"#))
    #expect(dot.contains(#"n3 [label="+", shape=circle];"#))
    for edge in ["n0 -> n1;", "n1 -> n2;", "n2 -> n3;", "n1 -> n3;"] { #expect(dot.contains(edge)) }
  }

  @Test func pictureHoldsEveryText() {
    let drawing = NetworkDrawing(wiring, title: "<net>")
    let picture = drawing.svg()
    #expect(picture.hasPrefix("<?xml"))
    #expect(!drawing.svg(embedded: true).contains("<?xml"))
    #expect(picture.contains("<title>&lt;net&gt;</title>"))
    #expect(picture.contains(">Dense 4</text>"))
    #expect(picture.contains(">0 · [4] · 12,345 parameters</text>"))
    #expect(picture.contains(">a&lt;b&gt; &amp; &quot;c\\d&quot;</text>"))
    #expect(picture.contains("role=\"img\""))
    #expect(picture.split(separator: "<path class=\"line\"").count == 5)
    #expect(picture.split(separator: "<path class=\"head\"").count == 5)
  }

  @Test func themes() {
    let drawing = NetworkDrawing(wiring, title: "net")
    #expect(drawing.svg().contains("prefers-color-scheme:dark"))
    for theme in [Theme.light, .dark] {
      #expect(!drawing.svg(theme: theme).contains("prefers-color-scheme"))
    }
    #expect(drawing.svg(theme: .light) != drawing.svg(theme: .dark))
  }
}
