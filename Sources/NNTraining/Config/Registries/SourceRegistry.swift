import NNCore
package import NNData

extension Registry where Product == DataSource {
  /// The data sources: files, installed data sets and generators.
  ///
  /// Options are next to the name (`{npz: data.npz, x: images}`) or inside it
  /// (`{circles: {noise: 0.1}}`).
  package static let sources = Registry(
    "data source", example: "`fashion-mnist` or `npz: data.npz`", style: .nextToName,
    files + sequences + FashionMNIST.allCases.map(installed)
      + DataGenerator.Kind.allCases.map(generated))

  private static let files: [Row] = [
    Row("npz") { options in
      let file = options.required("npz", .path)
      let x = options.value("x", .text("an array's name"), default: "x")
      let y = options.value("y", .text("an array's name"), default: "y")
      let lengths = options.optional("lengths", .text("an array's name"))
      let tokens = options.optional("tokens", .integer(1...Int(Int32.max)))
      return {
        .npz(NPZSource(file: file, inputs: x, targets: y, lengths: lengths, tokens: tokens))
      }
    },
    Row("csv") { options in
      let file = options.required("csv", .path)
      let targets = options.value("target", .list(.column), default: [.index(-1)])
      let features = options.optional("features", .list(.column))
      let header = options.value("header", .bool, default: true)
      let task = options.value(
        "task",
        .choice([
          ("automatic", LearningTask.automatic), ("classification", .classification),
          ("regression", .regression),
        ]), default: .automatic)
      let classes = options.optional("classes", .list(.text("a class")))
      let format = options.tableFormat()
      return {
        .csv(
          CSVSource(
            file: file, targets: targets, features: features, header: header, task: task,
            classes: classes, format: format))
      }
    },
    Row("idx") { options in
      let images = options.required("images", .path)
      let labels = options.required("labels", .path)
      return { .idx(images: images, labels: labels) }
    },
  ]

  private static let sequences: [Row] = [
    Row("text") { options in
      let file = options.required("text", .path)
      let level = options.tokenLevel(default: .character)
      let context = options.value("context", .integer(1...), default: 128)
      let overlap = options.value("overlap", .integer(0...), default: 0)
      let from = options.value("from", .number(.probability), default: 0)
      let to = options.value("to", .number(.probability), default: 1)
      options.check(overlap < context, on: "overlap", "`overlap` must be below `context`")
      var part = TextPart.whole
      do throws(NNError) {
        part = try TextPart(from: from, to: to)
      } catch { options.check(false, on: "to", error.message) }
      return { [part] in
        .text(
          TextSource(file: file, level: level, context: context, overlap: overlap, part: part))
      }
    },
    Row("pairs") { options in
      let file = options.required("pairs", .path)
      let level = options.tokenLevel(default: .bytePair(merges: 4000))
      let maxLength = options.optional("max_length", .integer(1...))
      return { .pairs(PairsSource(file: file, level: level, maxLength: maxLength)) }
    },
    Row("series") { options in
      let file = options.required("series", .path)
      let columns = options.required("column", .list(.column))
      let window = options.required("window", .integer(1...))
      let horizon = options.value("horizon", .integer(1...), default: 1)
      let index = options.optional("index", .column)
      let from = options.optional("from", .number())
      let to = options.optional("to", .number())
      let header = options.value("header", .bool, default: true)
      let format = options.tableFormat()
      return {
        .series(
          SeriesSource(
            file: file, columns: columns, window: window, horizon: horizon, index: index,
            from: from, to: to, header: header, format: format))
      }
    },
    Row("ts") { options in
      let file = options.required("ts", .path)
      return { .timeSeries(file: file) }
    },
  ]

  private static func installed(_ set: FashionMNIST) -> Row {
    Row(set.rawValue) { _ in { .named(set.rawValue) } }
  }

  private static func generated(_ kind: DataGenerator.Kind) -> Row {
    Row(kind.rawValue) { options in
      let samples = options.value("samples", .integer(1...), default: kind.samples)
      let noise = options.value("noise", .number(.nonNegative), default: kind.noise)
      let classes =
        kind.classesVary
        ? options.value("classes", .integer(1...), default: kind.classes) : nil
      let seed = options.value("seed", .seed, default: options.context.seed)
      var source = DataSource.named(kind.rawValue)
      do throws(NNError) {
        source = .generated(
          try DataGenerator(
            kind, samples: samples, noise: noise, classes: classes, seed: UInt64(seed),
            part: options.context.part.rawValue))
      } catch {
        options.check(false, on: "samples", error.message)
      }
      return { [source] in source }
    }
  }
}

extension OptionReader {
  /// The format of a table: `delimiter`, `decimal` and `missing`.
  fileprivate func tableFormat() -> CSVFormat {
    let delimiter = optional(
      "delimiter",
      .choice([
        (",", CSVFormat.Delimiter.comma), (";", .semicolon), ("tab", .tab), ("\t", .tab),
        ("\\t", .tab), ("|", .bar),
      ]))
    let hasDecimalComma = value("decimal", .choice([(".", false), (",", true)]), default: false)
    let missing = optional("missing", .list(.text(), count: 0...Int.max))
    check(
      !hasDecimalComma || delimiter != .comma, on: "decimal",
      "a comma cannot be both the decimal mark and the delimiter")
    return CSVFormat(
      delimiter: delimiter, hasDecimalComma: hasDecimalComma, missing: missing.map { Set($0) })
  }

  /// The tokens of a text: `level` with `vocabulary_size` or `merges`.
  fileprivate func tokenLevel(default standard: TokenLevel) -> TokenLevel {
    for name in ["level", "merges", "vocabulary_size"] where context.hasTokenizers {
      check(
        !isGiven(name), on: name,
        "`\(name)` is fixed: the run's own tokenizers are used; leave it out")
    }
    let kind = value(
      "level", .choice([("char", "char"), ("word", "word"), ("bpe", "bpe")]),
      default: standard == .character ? "char" : "bpe")
    switch kind {
    case "word":
      return .word(vocabularySize: value("vocabulary_size", .integer(5...), default: 20000))
    case "bpe": return .bytePair(merges: value("merges", .integer(0...), default: 4000))
    default: return .character
    }
  }
}

extension OptionKind where Value == String {
  /// A file's path; a relative one starts from the config's folder and becomes absolute.
  static var path: Self {
    let text = Self.text("a file's path")
    return Self(
      expectation: text.expectation, placeholder: "",
      parse: { node, place in
        text.parse(node, place).map { PathText.absolute($0, from: place.context.folder) }
      }, encode: ConfigValue.string)
  }
}

extension OptionKind where Value == ColumnReference {
  /// A column by its name, or by its index from 0; negative indices count from the end.
  static var column: Self {
    Self(
      expects: "a column's name or number", placeholder: .index(0),
      encode: { column in
        switch column {
        case .name(let name): .string(name)
        case .index(let index): .integer(index)
        }
      },
      match: { node in
        guard let scalar = node.scalar, !scalar.text.isEmpty else { return nil }
        if case .integer(let index) = scalar.value, let small = Int32(exactly: index) {
          return .index(Int(small))
        }
        return .name(scalar.text)
      })
  }
}
