import NNCore
import NNTestSupport
import NNTraining
import Testing

@Suite("small configs made to exhaust memory or time")
struct HostileConfigTests {
  /// The text of the error, found within a limit of processor seconds.
  private func complaint(
    about yaml: String, overrides: [String] = [], within limit: Double = 4,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    var text = "none"
    let seconds = processorSeconds {
      text = NNTrainingTests.complaint(about: yaml, overrides: overrides) ?? "none"
    }
    #expect(seconds < limit, sourceLocation: sourceLocation)
    #expect(text.utf8.count < 20_000, sourceLocation: sourceLocation)
    return text
  }

  @Test("a key made of doubling aliases")
  func aliasKey() {
    var text = "k: &a [x, x]\n"
    for level in 0..<36 {
      let before = level == 0 ? "a" : "b\(level - 1)"
      text += "k\(level): &b\(level) [*\(before), *\(before)]\n"
    }
    text += "? *b35\n: 1\n"
    #expect(complaint(about: text).hasSuffix("the document expands into more than 100,000 values"))
  }

  @Test("small aliases work")
  func alias() throws {
    let config = try Config(
      yaml: """
        data: {train: &set {circles: {samples: 9}}, test: *set}
        model: [&layer {linear: 4}, relu, *layer, {linear: 2}]
        loss: cross_entropy
        optimizer: adam
        """)
    #expect(config.model.count == 4)
    #expect(config.model[0] == config.model[2])
    #expect(config.data.test?.source?["samples"] == .integer(9))
  }

  @Test("a list of 20 MB")
  func longList() {
    let text = "a: [" + Array(repeating: "1", count: 10_000_000).joined(separator: ",") + "]"
    #expect(
      complaint(about: text) == "c.yaml: expects at most 1.0 MiB of YAML, gets 19.0 MiB")
  }

  @Test("a list of more values than a document may have")
  func manyValues() {
    let text = "a: [" + Array(repeating: "1", count: 200_000).joined(separator: ",") + "]"
    #expect(
      complaint(about: text)
        == "c.yaml:1:199999: the document expands into more than 100,000 values")
  }

  @Test("levels of lists", arguments: ["[", "{a: ", "- "])
  func depth(opening: String) {
    let text = String(repeating: opening, count: 101)
    #expect(complaint(about: text).contains("are nested more than 100 deep"))
  }

  @Test("many problems are only counted")
  func manyProblems() {
    let options = (0..<30_000).map { "a\($0): 1" }.joined(separator: ",")
    let text = complaint(
      about: "data: {train: moons}\nmodel: [{linear: {out_features: 2, \(options)}}]\nloss: mse\n"
        + "optimizer: adam")
    #expect(text.hasPrefix("c.yaml: 30000 problems\n  c.yaml:2:36: linear has no option `a0` ("))
    #expect(text.hasSuffix("\n  and 29900 more"))
    let names = Array(repeating: "relux", count: 50_000).joined(separator: ",")
    #expect(
      complaint(about: "data: {train: moons}\nmodel: [\(names)]\nloss: mse\noptimizer: adam")
        .contains("the network has more than 1000 layers"))
  }

  @Test("an unknown word of a megabyte is shortened")
  func longWord() {
    let word = String(repeating: "x", count: 1_000_000)
    let text = complaint(
      about: "data: {train: moons}\nmodel: [\(word)]\nloss: mse\noptimizer: adam")
    let shown = String(repeating: "x", count: 80)
    #expect(text.hasPrefix("c.yaml:2:9: unknown layer `\(shown)… (1000000 characters)`"))
  }

  @Test("a path of 20,000 parts")
  func deepOverride() {
    let path = Array(repeating: "a", count: 20_000).joined(separator: ".")
    #expect(
      complaint(about: smallConfig, overrides: ["\(path)=1"]).contains(
        "the path has 20000 parts; at most 100 are possible"))
  }

  @Test("the number of layers")
  func manyLayers() {
    let layers = Array(repeating: "relu", count: 40_000).joined(separator: ", ")
    #expect(
      complaint(about: "data: {train: moons}\nmodel: [\(layers)]\nloss: mse\noptimizer: adam")
        == "c.yaml:2:8: the network has more than 1000 layers")
  }
}
