import NNCore
import NNData
import NNDrawing
import NNGraph
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining

/// The deck's 5 × 4 picture under its 3 × 3 filter, cell by cell; edge filters on a photograph;
/// filters that a network learns on pictures of clothes, and what they make of one.
struct ConvolutionLesson: Lesson {
  static let name = "convolution"
  static let title = "Convolution: a small window that slides over an image"
  static let summary =
    "The 5×4 example worked, edges of a photograph, filters that a network learns"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    try work(&report)
    try findEdges(&report)
    let clothes = DatasetListing.all().first { $0.name == "fashion-mnist" }
    if clothes?.isAvailable ?? false {
      try learn(seed: options.seed, &report)
    } else {
      report.say(
        """
        The last part of this lesson trains a small network on pictures of clothes, \
        Fashion-MNIST, and draws its filters. The pictures are not on this machine: \
        \(clothes?.hint ?? "install them"), and run the lesson again.
        """)
    }
  }

  // MARK: - The deck's example

  static let picture = Matrix([
    [1, 4, 3, 2], [1, 2, 8, 15], [21, 3, 0, 0], [100, 1, 50, 2], [23, 18, 29, 45],
  ])
  static let horizontalEdges = Matrix([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
  static let verticalEdges = Matrix([[1, 0, -1], [1, 0, -1], [1, 0, -1]])

  private func work(_ report: inout LessonReport) throws(NNError) {
    let filter = Self.horizontalEdges
    let result = try Self.picture.convolved(with: filter)
    for row in 0..<result.rows {
      for column in 0..<result.columns {
        report.measure("row \(row + 1), column \(column + 1)", result[row, column])
      }
    }
    report.say(
      """
      A picture is a matrix, and so is a filter. Put the filter on the picture's upper left \
      corner, multiply each number with the one under it, and add up the products: that is one \
      number of the result. Then move the filter by one column, and by one row. A picture of 5 × \
      4 has room for a 3 × 3 filter at 3 × 2 places.
      """)
    report.formula(
      "\(Self.products(row: 0, column: 0).joined(separator: " + ")) = \(result[0, 0].text)")
    report.table(
      header: ["place", "top row of the window", "− bottom row", "sum"],
      rows: (0..<result.rows).flatMap { row in
        (0..<result.columns).map { column in
          [
            "row \(row + 1), column \(column + 1)", Self.sum(row: row, column: column),
            "− (\(Self.sum(row: row + 2, column: column)))", result[row, column].text,
          ]
        }
      }, caption: "The filter's middle row is 0, so the middle row of the window does not count.")
    let range = -280.0...280.0
    report.show(
      Figure(
        title: "Picture, filter, result",
        description: "Three matrices as coloured cells with their numbers: the picture of 5 by 4, "
          + "the filter of 3 by 3, the result of 3 by 2 with \(result[0, 0].text) first.",
        columns: 3,
        panels: [
          Self.picture.cells(
            title: "picture", range: range, window: .init(row: 0, column: 0, rows: 3, columns: 3)),
          filter.cells(title: "filter", range: -2...2),
          result.cells(
            title: "result", range: range, window: .init(row: 0, column: 0, rows: 1, columns: 1)),
        ]),
      name: "example", caption: "The first position, framed, gives the first number.")
    report.show(
      Animation(
        title: "The window slides",
        description:
          "The frame moves over the picture in six steps, and each step fills one cell of "
          + "the result.",
        frames: (0..<result.values.count).map { step in
          let (row, column) = (step / result.columns, step % result.columns)
          let filled = Matrix(
            rows: result.rows, columns: result.columns,
            result.values.enumerated().map { $0 <= step ? $1 : .nan })
          return (
            "row \(row + 1), column \(column + 1): \(result[row, column].text)",
            Figure(
              title: "", description: "Step \(step + 1) of \(result.values.count).", columns: 2,
              panels: [
                Self.picture.cells(
                  title: "picture", range: range,
                  window: .init(row: row, column: column, rows: 3, columns: 3)),
                filled.cells(
                  title: "result", range: range,
                  window: .init(row: row, column: column, rows: 1, columns: 1)),
              ])
          )
        }, secondsPerFrame: 1.2),
      name: "sliding", caption: "Six places, six numbers.")
  }

  /// The products under the filter at a place, `1·1`, but for those with a weight of 0.
  private static func products(row: Int, column: Int) -> [String] {
    (0..<9).compactMap { cell in
      let weight = horizontalEdges.values[cell]
      guard weight != 0 else { return nil }
      let number = picture[row + cell / 3, column + cell % 3]
      return "\(number.text)·\(weight < 0 ? "(\(weight.text))" : weight.text)"
    }
  }

  private static func sum(row: Int, column: Int) -> String {
    (0..<3).map { picture[row, column + $0].text }.joined(separator: " + ")
  }

  // MARK: - A photograph

  private func findEdges(_ report: inout LessonReport) throws(NNError) {
    let photograph = try Matrix.photograph()
    let horizontal = try photograph.convolved(with: Self.horizontalEdges)
    let vertical = try photograph.convolved(with: Self.verticalEdges)
    let strength = Matrix(
      rows: horizontal.rows, columns: horizontal.columns,
      zip(horizontal.values, vertical.values).map { ($0 * $0 + $1 * $1).squareRoot() })
    let greatest = report.measure("greatest strength of an edge", strength.values.max() ?? 0)
    let rare = report.measure(
      "share of places with a quarter of the greatest strength",
      Double(strength.values.filter { $0 > greatest / 4 }.count) / Double(strength.values.count))
    // A filter on its side sees in a picture on its side what the first one saw.
    let turned = try photograph.transposed.convolved(with: Self.verticalEdges).transposed
    report.measure(
      "largest difference of the turned filter on the turned photograph",
      zip(turned.values, horizontal.values).map { abs($0 - $1) }.max() ?? 0)
    let flat = try photograph.map { _ in 0.5 }.convolved(with: Self.horizontalEdges)
    report.measure("largest response to an even grey", flat.values.map(abs).max() ?? 0)
    report.say(
      """
      The same filter on a photograph: where brightness changes from top to bottom, at horizontal \
      edges, it gives large numbers, and where nothing changes, none, since its weights add up to \
      0. Its twin on its side finds vertical edges. Take both as the two parts of a slope, and \
      its length is the strength of an edge in any direction. Edges are rare: \(rare.percent) of \
      all places have more than a quarter of the greatest strength, \(greatest.text).
      """)
    report.formula("strength = √{horizontal² + vertical²}")
    report.show(
      Figure(
        title: "Two filters find the edges of a photograph",
        description:
          "A photograph of an astronaut before a flag and a model of a space shuttle; the "
          + "same with horizontal edges, with vertical edges and with the strength of edges.",
        columns: 1,
        panels: [
          ImageGrid(
            images: [
              photograph.picture(range: 0...1), horizontal.picture(.diverging, range: -2...2),
              vertical.picture(.diverging, range: -2...2), strength.picture(range: 0...2),
            ],
            captions: ["photograph", "horizontal edges", "vertical edges", "strength"], columns: 2,
            scale: 2)
        ]),
      name: "edges",
      caption:
        "Photograph: NASA, public domain. Orange: brighter above, or on the left; blue: darker.")
  }

  // MARK: - Learnt filters

  static let trainingRows = 10_000
  static let testRows = 2000
  static let filterCount = 8

  private func learn(seed: UInt64, _ report: inout LessonReport) throws(NNError) {
    let data = try DataSource.named("fashion-mnist").load()
      .selecting(Array(0..<Self.trainingRows))
    let test = try DataSource.named("fashion-mnist-test").load()
      .selecting(Array(0..<Self.testRows))
    let model = Model {
      Conv2D(Self.filterCount, kernelSize: 5)
      ReLU()
      MaxPool2D(2)
      Conv2D(16, kernelSize: 3)
      ReLU()
      MaxPool2D(2)
      Flatten()
      Dense(10)
    }
    let trainer = try Teaching(
      data: data, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.003), epochs: 3,
      batchSize: 64, dtype: .float32
    ).train(model, seed: seed)
    let metrics = try trainer.evaluate(on: test, metrics: [Accuracy()]).metrics
    let accuracy = report.measure("accuracy on clothes it has not seen", metrics[0].value)
    report.say(
      """
      Nobody has to invent filters: they are weights, and gradient descent finds them. A network \
      with \(Self.filterCount) filters of 5 × 5, 16 more on top of what they give and one dense \
      layer was trained here, three times through \(Self.trainingRows) pictures of clothes. It \
      classifies \(accuracy.percent) of \(Self.testRows) others correctly, where guessing gives 10 %.
      """)
    let weights = try trainer.weights().first { $0.name == "0.weight" }
    guard let filters = weights?.tensor else { return }
    report.show(
      Figure(
        title: "Filters that the first layer has learned",
        description:
          "Eight filters of 5 by 5 numbers, blue for negative and orange for positive: "
          + "some have a positive and a negative side, as an edge filter has, others are blobs.",
        panels: [
          ImageGrid(
            images: (0..<Self.filterCount).map { Matrix(filters, at: $0).picture(.diverging) },
            captions: (1...Self.filterCount).map { "filter \($0)" }, columns: 4, scale: 18)
        ]),
      name: "filters", caption: "Blue: negative weights. Orange: positive ones.")
    try showMaps(of: trainer, test, &report)
  }

  /// What the first layer makes of the first boot, shirt and bag.
  private func showMaps(
    of trainer: Trainer, _ test: Dataset, _ report: inout LessonReport
  ) throws(NNError) {
    let labels = test.targets.scalars(as: Int32.self)
    let names = test.classNames ?? []
    let chosen = ["Ankle boot", "Shirt", "Bag"].compactMap { name in
      names.firstIndex(of: name).flatMap { label in labels.firstIndex { Int($0) == label } }
    }
    let rows = test.selecting(chosen).inputs
    let probe = try LayerProbe(trainer, rows: rows)
    guard let layer = probe.layers.firstIndex(where: { $0.path == "1" }) else { return }
    let maps = probe.read()[layer]
    report.measure(
      "share of the maps' places that are 0",
      Double(maps.doubles.filter { $0 == 0 }.count) / Double(maps.elementCount))
    let images = chosen.indices.flatMap { row in
      [Matrix(rows, at: row).picture()]
        + (0..<Self.filterCount).map { Matrix(maps, at: row * Self.filterCount + $0).picture() }
    }
    let captions = chosen.flatMap { place in
      [names[Int(labels[place])]] + (1...Self.filterCount).map { "\($0)" }
    }
    report.show(
      Figure(
        title: "What the filters see",
        description: "A boot, a shirt and a bag, each followed by eight small pictures of where a "
          + "filter responds: outlines, soles, sleeves, flat parts.",
        panels: [
          ImageGrid(images: images, captions: captions, columns: Self.filterCount + 1, scale: 2)
        ]),
      name: "maps", caption: "Behind each picture its eight feature maps, after ReLU.")
  }
}
