import NNCore
package import NNData

extension Registry where Product == DataSource {
  /// The data sources: files, installed data sets and generators.
  ///
  /// Options are next to the name (`{npz: data.npz, x: images}`) or inside it
  /// (`{circles: {noise: 0.1}}`).
  package static let sources = Registry(
    "data source", example: "`fashion-mnist` or `npz: data.npz`", style: .nextToName,
    files + tables + [imageFolder, textFolder] + sequences + FashionMNIST.allCases.map(installed)
      + DataGenerator.Kind.allCases.map(generated))

  private static let files: [Row] = [
    Row(
      "npz", "Arrays of an NPZ file, as `numpy.savez` writes it. Integer targets are class labels."
    ) { options in
      let file = options.required("npz", .path, "the file")
      let x = options.value(
        "x", .text("an array's name"), default: "x", replacedBy: "inputs",
        "the array of inputs: numbers [N, …], or tokens [N, T]")
      let y = options.value(
        "y", OptionKind<String>.text("an array's name").orNull, default: "y",
        replacedBy: "targets",
        "the array of targets: labels [N] or [N, T], or numbers [N] or [N, K]; null: no targets")
      let lengths = options.optional(
        "lengths", .text("an array's name"),
        "the array with the number of valid steps of each example; null: all are valid")
      let tokens = options.optional(
        "tokens", .integer(1...Int(Int32.max)),
        "the number of different tokens, if inputs are tokens")
      let weights = options.optional(
        "weights", .text("an array's name"),
        "the array with the weight of each example in losses: numbers [N] ≥ 0; null: 1 each")
      let inputs = options.given(
        "inputs", .arrays, "several inputs: their names and arrays, the main one first")
      let targets = options.given(
        "targets", .arrays, "several targets: their names and arrays, the main one first")
      let isStreamed = options.stream(
        "inputs stay in the file, which is not compressed (`numpy.savez`)")
      options.check(
        !isStreamed || tokens == nil, on: "stream",
        "tokens are read into memory; leave `stream` out")
      return {
        var source = NPZSource(
          file: file, inputs: inputs ?? [.init(PortName.input, array: x)],
          targets: targets ?? y.map { [.init(PortName.target, array: $0)] } ?? [],
          lengths: lengths, tokens: tokens, weights: weights)
        source.isStreamed = isStreamed
        return .npz(source)
      }
    },
    Row(
      "npy",
      "Arrays of NPY files, as `numpy.save` writes them. Integer targets are class labels."
    ) { options in
      let inputs = options.required("npy", .path, "the file of inputs: numbers [N, …]")
      let targets = options.required(
        "y", OptionKind<String>.path.orNull,
        "the file of targets: labels [N] or [N, T], or numbers [N] or [N, K]; null: no targets")
      let weights = options.optional(
        "weights", .path,
        "the file with the weight of each example in losses: numbers [N] ≥ 0; null: 1 each")
      let isStreamed = options.stream("inputs stay in the file")
      return {
        var source = NPZSource(npy: inputs, targets: targets, weights: weights)
        source.isStreamed = isStreamed
        return .npz(source)
      }
    },
    Row("idx", "Images and labels in the format of MNIST, gzip-compressed or not.") { options in
      let images = options.required("images", .path, "the file of images: uint8 [N, H, W]")
      let labels = options.required("labels", .path, "the file of labels [N]")
      let isStreamed = options.stream("images stay in the file, which is not compressed")
      return { .idx(images: images, labels: labels, isStreamed: isStreamed) }
    },
  ]

  private static let sequences: [Row] = [
    Row(
      "text",
      "A text in UTF-8 for language modelling: each token is predicted from those before it."
    ) { options in
      let file = options.required("text", .path, "the file")
      let level = options.tokenLevel(default: .character)
      let context = options.value(
        "context", .integer(1...), default: 128, "the number of tokens in a window")
      let overlap = options.value(
        "overlap", .integer(0...), default: 0,
        "the number of tokens at the start of a window that are only context, without targets")
      let from = options.value(
        "from", .number(.probability), default: 0,
        "the start of the part that is used, as a fraction of the text")
      let to = options.value(
        "to", .number(.probability), default: 1, "the end of the part that is used")
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
    Row(
      "pairs",
      "Pairs of texts, such as translations: one pair per line, with a tab between the two."
    ) { options in
      let file = options.required("pairs", .path, "the file")
      let level = options.tokenLevel(default: .bytePair(merges: 4000))
      let maxLength = options.optional(
        "max_length", .integer(1...),
        "the largest number of tokens of a side; longer pairs are left out")
      return { .pairs(PairsSource(file: file, level: level, maxLength: maxLength)) }
    },
    series,
    Row("ts", "A `.ts` file of the UCR and UEA archives of time series classification.") {
      options in
      let file = options.required("ts", .path, "the file")
      return { .timeSeries(file: file) }
    },
  ]

  private static func installed(_ set: FashionMNIST) -> Row {
    Row(set.rawValue, set.meaning) { _ in { .named(set.rawValue) } }
  }

  private static func generated(_ kind: DataGenerator.Kind) -> Row {
    Row(kind.rawValue, kind.meaning) { options in
      let samples = options.value(
        "samples", .integer(1...), default: kind.samples, "the number of examples")
      let noise = options.value(
        "noise", .number(.nonNegative), default: kind.noise, kind.noiseMeaning)
      let classes =
        kind.classesVary
        ? options.value("classes", .integer(1...), default: kind.classes, "the number of classes")
        : nil
      let seed = options.value(
        "seed", .seed, default: options.context.seed, shownAs: "the config's `seed`",
        "the seed of the examples")
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
  /// Whether inputs stay in their file: `stream`, which resolved configs contain only if it is set.
  ///
  /// - Parameter meaning: What stays where.
  func stream(_ meaning: String) -> Bool {
    given(
      "stream", .bool,
      "whether \(meaning), from which each batch is read, so that they may be larger than the memory; "
        + "by default false") ?? false
  }
}

extension FashionMNIST {
  /// What it holds, for the documentation.
  fileprivate var meaning: String {
    let images = self == .train ? "60,000 training images" : "10,000 test images"
    return "Fashion-MNIST: \(images) of clothes, 28×28, in ten classes."
  }
}

extension DataGenerator.Kind {
  /// What it generates, for the documentation.
  fileprivate var meaning: String {
    switch self {
    case .xor: "Exclusive or: the four corners of the unit square, repeated."
    case .and: "And: the four corners of the unit square, repeated."
    case .or: "Or: the four corners of the unit square, repeated."
    case .circles: "A circle of radius 1 (class 0) around one of radius 0.5 (class 1)."
    case .moons: "Two interleaving half circles."
    case .spirals: "Spiral arms that start at the origin, one per class."
    case .blobs: "Gaussian clusters, one per class, with random centres."
    case .sine: "Regression: y = sin x at evenly spaced x from −π to π."
    }
  }

  fileprivate var noiseMeaning: String {
    switch self {
    case .sine: "the standard deviation of the noise that is added to the target"
    case .blobs: "the standard deviation of a cluster"
    default: "the standard deviation of the noise that is added to each input"
    }
  }
}

extension OptionKind where Value == String {
  /// A file's path; a relative one starts from the config's folder and becomes absolute.
  static var path: Self {
    let text = Self.text("a file's path")
    return Self(
      expectation: text.expectation, schema: text.schema(), placeholder: "",
      parse: { node, place in
        text.parse(node, place).map { PathText.absolute($0, from: place.context.folder) }
      }, encode: ConfigValue.string)
  }
}

extension OptionKind where Value == [NPZSource.Part] {
  /// A mapping of names to arrays: `{image: x, table: t}`.
  fileprivate static var arrays: Self {
    let expectation = "a mapping of names to arrays, such as {image: x, table: t}"
    return Self(
      expectation: expectation, schema: .mapping(of: .text),
      placeholder: [.init(PortName.input, array: "x")],
      parse: { node, place in
        guard let entries = node.entries, !entries.isEmpty else {
          place.mismatch(node, expects: expectation)
          return nil
        }
        let reserved = [PortName.lengths, PortName.decoderInput]
        return entries.compactMap { entry in
          guard !entry.key.isEmpty, !entry.key.contains("."), !reserved.contains(entry.key) else {
            place.context.problems.report(
              "an array cannot be named `\(entry.key.shortened())`", at: entry.keyPosition,
              hint: "use a word without dots, other than \(reserved.joined(separator: " and "))")
            return nil
          }
          return OptionKind<String>.text("an array's name")
            .parse(entry.value, OptionPlace(name: entry.key, context: place.context))
            .map { NPZSource.Part(entry.key, array: $0) }
        }
      },
      encode: { .mapping($0.map { ConfigOption($0.name, .string($0.array)) }) })
  }
}
