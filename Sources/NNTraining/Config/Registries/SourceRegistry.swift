extension Registry where Product == Void {
  /// The data sources: files, named data sets and generators.
  ///
  /// Options stand beside the name (`{npz: data.npz, x: images}`) or inside it
  /// (`{circles: {noise: 0.1}}`).
  package static let sources = Registry(
    "data source", example: "`fashion-mnist` or `npz: data.npz`", style: .besideName,
    [
      Row("npz") { options in
        let file = options.required("npz", .path)
        let x = options.value("x", .text(), default: "x")
        let y = options.value("y", .text(), default: "y")
        return { _ = (file, x, y) }
      },
      Row("csv") { options in
        let file = options.required("csv", .path)
        let target = options.required("target", .list(.text("a column's name")))
        let features = options.optional("features", .list(.text("a column's name")))
        let header = options.value("header", .bool, default: true)
        return { _ = (file, target, features, header) }
      },
      Row("idx") { options in
        let images = options.required("images", .path)
        let labels = options.required("labels", .path)
        return { _ = (images, labels) }
      },
      Row("fashion-mnist") { _ in {} },
      Row("fashion-mnist-test") { _ in {} },
      Row("xor") { generator($0, samples: 4, noise: 0) },
      Row("circles") { generator($0, samples: 1000, noise: 0.1) },
      Row("moons") { generator($0, samples: 1000, noise: 0.1) },
      Row("spirals") { generator($0, samples: 1000, noise: 0.1) },
      Row("blobs") { generator($0, samples: 1000, noise: 1) },
      Row("sine") { generator($0, samples: 100, noise: 0) },
    ])

  private static func generator(
    _ options: OptionReader, samples: Int, noise: Double
  ) -> () -> Void {
    let samples = options.value("samples", .wholeNumber(1...), default: samples)
    let noise = options.value("noise", .number(.nonNegative), default: noise)
    let seed = options.value("seed", .wholeNumber(0...), default: options.context.seed)
    return { _ = (samples, noise, seed) }
  }
}

extension OptionKind where Value == String {
  /// A file's path; a relative one is meant from the config's folder and becomes absolute.
  static var path: Self {
    let text = Self.text("a file's path")
    return Self(
      expectation: text.expectation, placeholder: "",
      parse: { node, place in
        text.parse(node, place).map { PathText.absolute($0, from: place.context.folder) }
      }, encode: ConfigValue.string)
  }
}
