import NNCore
import Testing

@Suite("Config: suggestions")
struct ConfigSuggestionTests {
  @Test(
    "the nearest word",
    arguments: [
      ("kernal_size", "kernel_size"), ("stirde", "stride"), ("pad", "padding"),
      ("out", "out_channels"), ("xyzzy", nil), ("", nil), ("KERNEL_SIZE", "kernel_size"),
    ] as [(String, String?)])
  func suggestion(word: String, expected: String?) {
    let words = ["out_channels", "kernel_size", "stride", "padding", "dilation"]
    #expect(Suggestion.nearest(to: word, in: words) == expected)
  }

  @Test("all names where none is near, under their plural")
  func list() {
    for (option, list) in [
      ("loss", "losses: cross_entropy, nll, "), ("optimizer", "optimizers: sgd, "),
      ("model.0", "layers: "),
    ] {
      let text = complaint(about: smallConfig, overrides: ["\(option)=3"])
      #expect(text?.contains("hint: \(list)") == true, "\(text ?? "accepted")")
    }
  }

  @Test("options inside an option with the component's name")
  func ownName() {
    let text = complaint(about: smallConfig, overrides: ["model.0={tanh: {tanh: 1}}"])
    #expect(
      text?.hasSuffix(
        "tanh has no option `tanh`\n  hint: the options of tanh stand here, without its name")
        == true,
      "\(text ?? "accepted")")
  }

  @Test(
    "edit distance",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "acb", 1), ("kitten", "sitting", 3),
      ("lawn", "flaw", 2), ("ca", "abc", 3), ("same", "same", 0),
    ])
  func distance(left: String, right: String, expected: Int) {
    #expect(Suggestion.distance(left, right) == expected)
    #expect(Suggestion.distance(right, left) == expected)
  }
}
