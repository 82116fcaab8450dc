import NNCore
import Testing

@Suite("Escaped texts")
struct EscapedTextTests {
  @Test(
    "characters that command a terminal become escapes, all others stay",
    arguments: [
      ("0.weight", "0.weight"), ("", ""), ("Größe 🙂 é\u{301}", "Größe 🙂 é\u{301}"),
      ("a\u{1B}]0;title\u{7}b", #"a\u{1b}]0;title\u{7}b"#), ("a\nb\r\tc\0", #"a\nb\r\tc\u{0}"#),
      ("\u{7F}\u{9B}2J", #"\u{7f}\u{9b}2J"#), ("x\u{202E}gpj.exe", #"x\u{202e}gpj.exe"#),
      ("a\u{2028}b\u{2066}", #"a\u{2028}b\u{2066}"#), (#"C:\new"#, #"C:\new"#),
    ])
  func names(text: String, escaped: String) {
    #expect(text.escapingControls() == escaped)
    #expect(escaped.escapingControls() == escaped)
  }

  @Test("line breaks and tabs stay on request")
  func lines() {
    #expect("a\n\tb\u{1B}\r\n".escapingControls(keepsLines: true) == "a\n\tb\\u{1b}\\r\n")
  }
}
