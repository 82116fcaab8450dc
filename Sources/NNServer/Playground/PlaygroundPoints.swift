import NNCore
package import NNData

/// The map from data to the playground's stage: about −2.5 to 2.5 in each coordinate, whatever the
/// scale of the data.
package struct PlaygroundScale: Sendable, Hashable {
  /// The offset that is subtracted from each coordinate.
  var offsets: [Double]
  /// The divisor that is applied after that.
  var divisors: [Double]

  /// The approximate extent of the data on the stage.
  static let reach = 2.5

  /// The identity.
  static func identity(_ dimensions: Int) -> PlaygroundScale {
    PlaygroundScale(
      offsets: [Double](repeating: 0, count: dimensions),
      divisors: [Double](repeating: 1, count: dimensions))
  }

  /// Whether it is the identity.
  var isIdentity: Bool { offsets.allSatisfy { $0 == 0 } && divisors.allSatisfy { $0 == 1 } }

  /// Maps a coordinate of the data to the stage.
  func staged(_ value: Double, _ axis: Int) -> Double {
    (value - offsets[axis]) / divisors[axis]
  }

  /// Maps a coordinate on the stage to the data.
  func original(_ value: Double, _ axis: Int) -> Double {
    value * divisors[axis] + offsets[axis]
  }
}

/// The points of the playground.
package struct PlaygroundPoints: Sendable {
  /// The points in their own units: inputs [N, 1] or [N, 2], labels [N] or numbers [N, 1].
  package let dataset: Dataset
  /// The map from the points to the stage.
  package let scale: PlaygroundScale
  /// The names of the coordinates.
  let axes: [String]

  /// The number of coordinates of a point.
  var dimensions: Int { dataset.inputShape[0] }
  /// The number of classes; nil where targets are numbers.
  package var classCount: Int? { dataset.classCount }

  /// Generates or reads the points that settings specify.
  ///
  /// - Throws: `NNError` for a table that cannot be read or is out of bounds.
  init(_ settings: PlaygroundSettings) throws(NNError) {
    if let generator = try settings.generator {
      dataset = try generator.make()
      scale = generator.kind.scale
      axes = Array(["x", "y"].prefix(dataset.inputShape[0]))
    } else {
      dataset = try Self.table(settings)
      let columns = dataset.inputShape[0]
      axes = dataset.featureNames ?? Array(["x", "y"].prefix(columns))
      scale = Self.scale(of: dataset.inputs, columns: columns)
    }
  }

  /// The points on the stage, row by row.
  package var staged: [(x: Double, y: Double)] {
    let values = dataset.inputs.converted(to: .float64).scalars(as: Double.self)
    let width = dimensions
    return (0..<dataset.count).map { row in
      (
        scale.staged(values[row * width], 0),
        width > 1 ? scale.staged(values[row * width + 1], 1) : 0
      )
    }
  }

  private static func table(_ settings: PlaygroundSettings) throws(NNError) -> Dataset {
    let bytes = Array(settings.table.utf8)
    let tab = UInt8(ascii: "\t")
    let hasTabs = bytes.prefix { $0 != 0x0A }.contains(tab)
    guard
      let fields = try TableSource.firstRow(
        of: bytes, delimiter: hasTabs ? tab : UInt8(ascii: ","), at: "your table")
    else {
      throw .invalid(
        "the table is empty", at: "your table",
        hint: "paste lines such as 0.5,1.2,1: one or two inputs and the target")
    }
    guard (2...3).contains(fields.count) else {
      throw .invalid(
        "expected 2 or 3 columns (one or two inputs, then the target), found \(fields.count)",
        at: "your table", hint: "separate them by commas or tabs, and leave out other columns")
    }
    let hasHeader = fields.dropLast().contains { Double($0) == nil }
    // The file's extension selects tabs or commas.
    let source = TableSource(
      file: hasTabs ? "your table.tsv" : "your table", header: hasHeader, task: settings.task)
    let dataset = try source.load(contents: bytes)
    try check(dataset)
    return dataset
  }

  private static func check(_ dataset: Dataset) throws(NNError) {
    let place = "your table"
    guard dataset.columns == nil else {
      throw .invalid(
        "expected a number in every input column, found texts", at: place,
        hint: "encode texts as numbers")
    }
    let rows = PlaygroundBounds.tableRows
    guard rows.contains(dataset.count) else {
      throw .invalid(
        "expected \(rows.lowerBound) to \(rows.upperBound) rows, found \(dataset.count)",
        at: place)
    }
    guard let classes = dataset.classCount else { return }
    let bounds = PlaygroundBounds.tableClasses
    guard bounds.contains(classes) else {
      throw .invalid(
        "expected \(bounds.lowerBound) to \(bounds.upperBound) classes, found \(classes)",
        at: place, hint: "choose numbers as the kind of target if these are not classes")
    }
    let present = Set(dataset.targets.scalars(as: Int32.self))
    if let missing = (0..<Int32(classes)).first(where: { !present.contains($0) }) {
      throw .invalid(
        "no row has the class \(missing), and classes are numbered from 0 to \(classes - 1)",
        at: place, hint: "number classes from 0 without gaps, or use words")
    }
  }

  private static func scale(of inputs: HostTensor, columns: Int) -> PlaygroundScale {
    let values = inputs.converted(to: .float64).scalars(as: Double.self)
    var scale = PlaygroundScale(offsets: [], divisors: [])
    for column in 0..<columns {
      let own = stride(from: column, to: values.count, by: columns).map { values[$0] }
      let (low, high) = (own.min() ?? 0, own.max() ?? 0)
      // Halved first: the full width of extreme numbers overflows.
      let half = high / 2 - low / 2
      scale.offsets.append(low / 2 + high / 2)
      scale.divisors.append(half > 0 ? half / PlaygroundScale.reach : 1)
    }
    return scale
  }
}

extension PlaygroundSettings {
  /// The generator of the points; nil if they come from a table.
  var generator: DataGenerator? {
    get throws(NNError) {
      guard let kind = DataGenerator.Kind(rawValue: source.rawValue) else { return nil }
      return try DataGenerator(
        kind, samples: samples,
        noise: Self.rounded((noise ?? source.defaultNoise) * kind.halfWidth),
        classes: kind.classesVary ? classes ?? kind.classes : nil, seed: UInt64(seed))
    }
  }

  /// The number rounded to four decimals, as in the config.
  private static func rounded(_ number: Double) -> Double { (number * 10000).rounded() / 10000 }
}

extension DataGenerator.Kind {
  /// Half the width of the generated data.
  fileprivate var halfWidth: Double {
    switch self {
    case .xor, .and, .or: 0.5
    case .circles, .spirals, .sine: 1
    case .moons: 1.5
    case .blobs: 10
    }
  }

  /// The map from its points to the stage.
  fileprivate var scale: PlaygroundScale {
    switch self {
    case .xor, .and, .or: PlaygroundScale(offsets: [0.5, 0.5], divisors: [0.25, 0.25])
    case .circles, .spirals: PlaygroundScale(offsets: [0, 0], divisors: [0.4, 0.4])
    case .moons: PlaygroundScale(offsets: [0.5, 0.25], divisors: [0.6, 0.6])
    case .blobs: PlaygroundScale(offsets: [0, 0], divisors: [4, 4])
    case .sine: .identity(1)
    }
  }
}
