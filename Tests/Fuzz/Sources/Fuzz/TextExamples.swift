import NNCore
import NNData
import NNFormats

/// Readers of texts that are the inputs of examples.
enum TextExamples {
  static let targets = [
    // The first half of an input is a file of one class, the second half of another.
    FuzzTarget.reader("textfolder", file: "lines") { file in
      let bytes = try FileBytes.read(file)
      let middle = bytes.count / 2
      for (name, part) in [("a", bytes[..<middle]), ("b", bytes[middle...])] {
        try OutputFolder.create("texts/\(name)", for: "class", hint: "")
        Workplace.write(Array(part), to: "texts/\(name)/1.txt")
      }
      for tokens in levels {
        use(.textFolder(TextFolderSource(path: "texts", tokens: tokens)), later: ["texts", file])
      }
      _ = try DataSource.textFolder(TextFolderSource(path: "texts")).load()
    },
    .reader("textcolumn", file: "rows.csv") { file in
      for tokens in levels {
        var source = TableSource(file: file, task: .classification)
        source.text = TextColumn(.index(0), tokens: tokens)
        use(.table(source), later: [file])
      }
      var source = TableSource(file: file)
      source.text = TextColumn("text")
      _ = try DataSource.table(source).load()
    },
  ]

  /// Tokens of each kind.
  private static let levels = [
    TextTokens(level: .word(vocabularySize: 30), maxLength: 5, empty: .unknown),
    TextTokens(level: .character, lowercase: false, empty: .unknown),
    TextTokens(level: .bytePair(merges: 20), empty: .unknown),
  ]

  /// Reads texts, fits the tokenizer to one of them, and reads files as later data.
  private static func use(_ source: DataSource, later files: [String]) {
    guard let data = try? source.load() else { return }
    let fitted = (try? data.fittingColumns(to: [0])) ?? data
    for file in files {
      _ = try? PredictionInput.rows(file, as: source, known: fitted.encoding)
    }
  }
}
