import NNData

extension Registry where Product == DataSource {
  /// Texts in a folder.
  static var textFolder: Row {
    Row(
      "text_folder",
      "Texts in a folder that has a folder of `.txt` files in UTF-8 for each class."
    ) { options in
      let path = options.required("path", .path, "the folder")
      let tokens = options.textTokens()
      return { .textFolder(TextFolderSource(path: path, tokens: tokens)) }
    }
  }
}

extension OptionReader {
  /// The tokens of a text: `level` with `vocabulary_size` and `min_count`, or `merges`.
  func tokenLevel(default standard: TokenLevel) -> TokenLevel {
    for name in ["level", "merges", "vocabulary_size", "min_count"] where context.hasTokenizers {
      check(
        !isGiven(name), on: name,
        "`\(name)` is fixed: the run's own tokenizers are used; leave it out")
    }
    let level = value(
      "level", .choice([("char", "char"), ("word", "word"), ("bpe", "bpe")]),
      default: standard.word, "the tokens: characters, words, or byte-pair encoding")
    let vocabularySize = value(
      "vocabulary_size", .integer(5...), default: 20000, onlyIf: ("level", level, "word"),
      "the largest number of different words; others are unknown")
    let standardCount = if case .word(_, let count) = standard { count } else { 1 }
    let minimumCount = value(
      "min_count", .integer(1...), default: standardCount, onlyIf: ("level", level, "word"),
      "words that appear less often in the training texts are unknown")
    let merges = value(
      "merges", .integer(0...), default: 4000, onlyIf: ("level", level, "bpe"),
      "the number of merges, each of which adds a token to the 256 bytes")
    switch level {
    case "word": return .word(vocabularySize: vocabularySize, minimumCount: minimumCount)
    case "bpe": return .bytePair(merges: merges)
    default: return .character
    }
  }

  /// How texts that are inputs become tokens.
  fileprivate func textTokens() -> TextTokens {
    let standard = TextTokens()
    let level = tokenLevel(default: standard.level)
    let lowercase = value(
      "lowercase", .bool, default: standard.lowercase,
      "whether texts are converted to lower case first")
    check(
      !context.hasTokenizers || !isGiven("lowercase"), on: "lowercase",
      "`lowercase` is fixed: the run's own tokenizers are used; leave it out")
    let maxLength = optional(
      "max_length", .integer(1...),
      "the largest number of tokens; longer texts are cut at the end. null: no limit")
    let empty = value(
      "empty", .choice(TextTokens.EmptyPolicy.allCases.map { ($0.rawValue, $0) }),
      default: standard.empty,
      "what becomes of empty and missing texts: an error, or one unknown token")
    return TextTokens(level: level, lowercase: lowercase, maxLength: maxLength, empty: empty)
  }
}

extension OptionKind where Value == TextColumn {
  /// A column of texts with its tokens; a bare value is the column.
  static var textColumn: Self {
    section("text", placeholder: TextColumn(.index(0)), encode: \.configValue) { options in
      TextColumn(
        options.required("column", .column, "the column, by name or number"),
        tokens: options.textTokens())
    }
  }
}

extension TokenLevel {
  /// The level as a config states it.
  fileprivate var word: String {
    switch self {
    case .character: "char"
    case .word: "word"
    case .bytePair: "bpe"
    }
  }

  /// The level with its own options.
  fileprivate var options: [ConfigOption] {
    let own: [ConfigOption] =
      switch self {
      case .character: []
      case .word(let size, let count):
        [
          ConfigOption("vocabulary_size", .integer(size)),
          ConfigOption("min_count", .integer(count)),
        ]
      case .bytePair(let merges): [ConfigOption("merges", .integer(merges))]
      }
    return [ConfigOption("level", .string(word))] + own
  }
}

extension TextColumn {
  /// The column and its tokens as a config states them.
  fileprivate var configValue: ConfigValue {
    .mapping(
      [ConfigOption("column", OptionKind<ColumnReference>.column.encode(column))]
        + tokens.level.options + [
          ConfigOption("lowercase", .bool(tokens.lowercase)),
          ConfigOption("max_length", tokens.maxLength.map(ConfigValue.integer) ?? .null),
          ConfigOption("empty", .string(tokens.empty.rawValue)),
        ])
  }
}
