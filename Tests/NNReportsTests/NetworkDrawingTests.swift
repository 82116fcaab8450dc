import NNCore
import NNDrawing
import NNGraph
import NNLayers
import NNReports
import NNTestSupport
import Testing

/// A layer whose names contain characters that drawings must escape.
private struct OddlyNamed: Layer {
  let name: String? = "\"x\""
  var description: String { "a<b> & \"c\\d\"" }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    input * scope.parameter("weight", [1], .ones)
  }
}

/// A layer with a name of a given length, without a space.
private struct LongNamed: Layer {
  let length: Int
  let letter: Character
  var description: String { String(repeating: letter, count: length) }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    input * scope.parameter("weight", [1], .ones)
  }
}

@Suite struct NetworkDrawingTests {
  private let wiring: LayerWiring

  init() throws {
    wiring = try Model([Dense(4), Residual([OddlyNamed()])]).wiring(
      InputSignature(Ports(TensorType([1000], .float32)), dtype: .float32))
  }

  /// What Graphviz's grammar requires: balanced braces, statements that end in `;`, quoted texts in
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
    #expect(dot.contains(#"n1 [label="Dense 4\n0 · [4] · 4004 parameters", penwidth=2];"#))
    #expect(
      dot.contains(#"n2 [label="a<b> & \"c\\d\"\n1.\"x\" · [4] · 1 parameter", penwidth=2];"#))
    #expect(dot.contains(#"n3 [label="+", shape=circle];"#))
    for edge in ["n0 -> n1;", "n1 -> n2;", "n2 -> n3;", "n1 -> n3;"] { #expect(dot.contains(edge)) }
  }

  @Test func drawingHoldsEveryText() {
    let drawing = NetworkDrawing(wiring, title: "<net>")
    let picture = drawing.svg()
    #expect(picture.hasPrefix("<?xml"))
    #expect(!drawing.svg(embedded: true).contains("<?xml"))
    #expect(picture.contains("<title>&lt;net&gt;</title>"))
    #expect(picture.contains(">Dense 4</text>"))
    #expect(picture.contains(">0 · [4] · 4004 parameters</text>"))
    #expect(picture.contains(">a&lt;b&gt; &amp; &quot;c\\d&quot;</text>"))
    #expect(picture.contains("role=\"img\""))
    #expect(picture.split(separator: "<path class=\"line\"").count == 5)
    #expect(picture.split(separator: "<path class=\"head\"").count == 5)
  }

  /// However long names are, all of them are inside the drawing.
  @Test(arguments: [10, 400])
  func nothingIsCut(_ length: Int) throws {
    let layers = (0..<3).map {
      LongNamed(length: length, letter: Character(UnicodeScalar(97 + UInt8($0))))
    }
    let wiring = try Model([Concat(axis: 1, layers.map { [$0] }), Dense(2)]).wiring(
      InputSignature(Ports(TensorType([3], .float32)), dtype: .float32))
    let picture = NetworkDrawing(wiring, title: "net").svg()
    let box = try #require(picture.firstMatch(of: /viewBox="0 0 (\d+) (\d+)"/))
    // The drawing has a margin of 12.
    let (width, height) = try (
      #require(Double(box.1)) - 24, #require(Double(box.2)) - 24
    )
    let texts = picture.matches(
      of: /<text class="(name|detail)" x="([-\d.]+)" y="([-\d.]+)">([^<]*)<\/text>/)
    let whole = texts.map { String($0.4) }.joined()
    for letter in "abc" { #expect(whole.filter { $0 == letter }.count >= length) }
    for text in texts {
      let (middle, line) = try (#require(Double(text.2)), #require(Double(text.3)))
      let half =
        TextMetrics.width(of: String(text.4), text.1 == "name" ? .large : .small) / 2
      #expect(middle - half >= 0 && middle + half <= width, "\(text.4)")
      #expect(line >= 0 && line <= height, "\(text.4)")
    }
    let boxes = picture.matches(
      of: /<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"/)
    #expect(boxes.count == wiring.nodes.count)
    for box in boxes {
      let numbers = [box.1, box.2, box.3, box.4].compactMap { Double($0) }
      try #require(numbers.count == 4)
      #expect(numbers[0] >= 0 && numbers[0] + numbers[2] <= width + 0.1)
      #expect(numbers[1] >= 0 && numbers[1] + numbers[3] <= height + 0.1)
    }
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
