import NNLessons
import Testing

/// Formulas as plain text and as MathML.
@Suite struct FormulaTests {
  /// What is inside the only `<math>`.
  private func inside(_ formula: Formula) throws -> String {
    let pattern = /^<div class="formula"><math[^>]*>([\s\S]*)<\/math><\/div>$/
    let match = try #require(formula.html.firstMatch(of: pattern))
    return String(match.output.1)
  }

  @Test(
    arguments: [
      ("x", "<mi>x</mi>"), ("12.5", "<mn>12.5</mn>"), ("½x", "<mn>½</mn><mi>x</mi>"),
      ("ηb", "<mi>η</mi><mi>b</mi>"), ("a = b", "<mi>a</mi><mo>=</mo><mi>b</mi>"),
      ("log x", #"<mi>log</mi><mspace width="0.17em"/><mi>x</mi>"#),
      (
        "tanh(x)",
        #"<mi>tanh</mi><mo stretchy="false" form="prefix">(</mo><mi>x</mi>"#
          + #"<mo stretchy="false" form="postfix">)</mo>"#
      ),
      (
        "a = −b − c",
        #"<mi>a</mi><mo>=</mo><mo form="prefix">−</mo><mi>b</mi><mo>−</mo><mi>c</mi>"#
      ),
      ("x_t", "<msub><mi>x</mi><mrow><mi>t</mi></mrow></msub>"),
      ("x₁₂", "<msub><mi>x</mi><mrow><mn>12</mn></mrow></msub>"),
      (
        "x_{t−1}",
        "<msub><mi>x</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>"
      ),
      ("w²", "<msup><mi>w</mi><mrow><mn>2</mn></mrow></msup>"),
      (
        "σ′ᵢ",
        #"<msub><mrow><mi>σ</mi><mo lspace="0em" rspace="0em">′</mo></mrow>"#
          + "<mrow><mi>i</mi></mrow></msub>"
      ),
      ("x^{T}_n", "<msubsup><mi>x</mi><mrow><mi>n</mi></mrow><mrow><mi>T</mi></mrow></msubsup>"),
      ("{a}/{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
      ("a/b", "<mi>a</mi><mo>/</mo><mi>b</mi>"), ("√{x}", "<msqrt><mi>x</mi></msqrt>"),
      ("Σ_i", "<munder><mo>∑</mo><mrow><mi>i</mi></mrow></munder>"),
      (
        "Σ_{i=1}^N",
        "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow>"
          + "<mrow><mi>N</mi></mrow></munderover>"
      ),
      (#"1 "if" x"#, "<mn>1</mn><mtext>\u{A0}if\u{A0}</mtext><mi>x</mi>"),
      (
        "|x|",
        #"<mo stretchy="false" form="prefix">|</mo><mi>x</mi>"#
          + #"<mo stretchy="false" form="postfix">|</mo>"#
      ),
      ("c\u{303}", #"<mover accent="true"><mi>c</mi><mo stretchy="false">~</mo></mover>"#),
      ("a < b & c", "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>&amp;</mo><mi>c</mi>"),
    ])
  func isRenderedAsMathML(source: String, expected: String) throws {
    #expect(try inside(Formula(source)) == expected)
  }

  @Test(
    arguments: [
      ("ε_t = ε_{t−1}·|1 − ηb|ᵗ", "ε_t = ε_{t−1}·|1 − ηb|ᵗ"),
      ("t = {log δ}/{log|1 − ηb|}", "t = log δ/(log|1 − ηb|)"), ("{a + b}/{2}", "(a + b)/2"),
      ("{∂C}/{∂w₂₃} = Δ₀x₂", "∂C/∂w₂₃ = Δ₀x₂"), ("√{a² + b²}", "√(a² + b²)"),
      ("η {df}/{dx}(x)", "η df/dx(x)"), (#"0 "otherwise""#, "0 otherwise"),
      ("a = 1,   b = 2", "a = 1,   b = 2"), ("", ""),
      ("x\ny", "x\ny"),
    ])
  func readsAsPlainText(source: String, expected: String) {
    #expect(Formula(source).plain == expected)
  }

  @Test func formulasOnALineAreSeparate() {
    let text = ("a = 1,   b = 2\nc = {1}/{2}" as Formula).html
    #expect(text.matches(of: /<math\b/).count == 3)
    for alternative in ["a = 1", "b = 2", "c = 1/2"] {
      #expect(text.contains("alttext=\"\(alternative)\""), "\(alternative)")
    }
  }

  @Test(arguments: [
    "{", "}", "{a", "a_", "a^", "_", "{a}/", "√", "√{", "\"open", "a__b", "^^", "|",
  ])
  func incompleteSyntaxIsShown(source: String) {
    let text = Formula(source).html
    #expect(isBalanced(text), "\(text)")
  }

  @Test func whatLooksLikeATagIsEscaped() {
    let text = (#""<script>" < x"# as Formula).html
    #expect(!text.contains("<script>") && text.contains("&lt;script&gt;"))
  }

  /// Whether every tag is closed in order.
  private func isBalanced(_ markup: String) -> Bool {
    var open: [String] = []
    for tag in markup.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
      let (_, end, name, single) = tag.output
      if end.isEmpty {
        if single.isEmpty { open.append(String(name)) }
      } else if open.popLast() != String(name) {
        return false
      }
    }
    return open.isEmpty
  }
}
