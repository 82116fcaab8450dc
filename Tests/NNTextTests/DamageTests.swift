import NNCore
import NNTestSupport
import NNText
import Testing

@Suite("damaged tokenizers are read or refused")
struct DamageTests {
  @Test(arguments: 0..<3) func tokenizer(kind: Int) throws {
    let text = "in the beginning the word in the end"
    let tokenizer: any Tokenizer =
      switch kind {
      case 0: try CharacterTokenizer(training: text)
      case 1: try WordTokenizer(training: text)
      default: try BytePairTokenizer(training: text, merges: 12)
      }
    let file = Array(try TokenizerFile.encoded(tokenizer).utf8)
    expectRefusalOrSuccess(file, count: 1000) { copy in
      let read = try TokenizerFile.tokenizer(copy, at: "t")
      _ = try? read.encode(text)
      #expect(read.vocabularySize > 0)
    }
  }

  @Test("merges that double a token are refused before they fill the memory")
  func doubling() {
    let merges = [[100, 100]] + (0..<36).map { [260 + $0, 260 + $0] }
    let file = """
      {"format": "tokenizer", "version": 1, "type": "byte_pair",
       "special_tokens": {"padding": 0, "beginning": 1, "end": 2, "unknown": 3},
       "merges": \(merges)}
      """
    expectError("t: merges[22]: the tokens have more than 16.0 MiB together") {
      _ = try TokenizerFile.tokenizer(Array(file.utf8), at: "t")
    }
  }
}
