import NNCore
import NNData
import NNDrawing
import NNGraph
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining

/// The deck's 5 × 4 image and its 3 × 3 filter, cell by cell; edge filters on a photograph; filters
/// that a network learns on images of clothes, and their feature maps.
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
      report.paragraph(
        """
        The last part of this lesson trains a small network on images of clothes, \
        Fashion-MNIST, and draws its filters. The images are not on this machine: \
        \(clothes?.hint ?? "install them"), and run the lesson again.
        """)
    }
  }

  // MARK: - The deck's example

  static let image = Matrix([
    [1, 4, 3, 2], [1, 2, 8, 15], [21, 3, 0, 0], [100, 1, 50, 2], [23, 18, 29, 45],
  ])
  static let horizontalEdges = Matrix([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
  static let verticalEdges = Matrix([[1, 0, -1], [1, 0, -1], [1, 0, -1]])

  private func work(_ report: inout LessonReport) throws(NNError) {
    let filter = Self.horizontalEdges
    let result = try Self.image.convolved(with: filter)
    for row in 0..<result.rows {
      for column in 0..<result.columns {
        report.measure("row \(row + 1), column \(column + 1)", result[row, column])
      }
    }
    report.paragraph(
      """
      An image is a matrix, and so is a filter. Place the filter on the image's upper left corner, \
      multiply each number by the one under it, and add up the products: that is one number of \
      the result. Then move the filter by one column, and by one row. A 3 × 3 filter has 3 × 2 \
      positions on an image of 5 × 4.
      """)
    report.formula(
      "\(Self.products(row: 0, column: 0).joined(separator: " + ")) = \(result[0, 0].text)")
    report.table(
      header: ["position", "top row of the window", "− bottom row", "sum"],
      rows: (0..<result.rows).flatMap { row in
        (0..<result.columns).map { column in
          [
            "row \(row + 1), column \(column + 1)", Self.sum(row: row, column: column),
            "− (\(Self.sum(row: row + 2, column: column)))", result[row, column].text,
          ]
        }
      }, caption: "The filter's middle row is 0, so the middle row of the window is ignored.")
    let range = -280.0...280.0
    report.show(
      Figure(
        title: "Image, filter, result",
        description: "Three matrices as coloured cells with their numbers: the image of 5 by 4, "
          + "the filter of 3 by 3, the result of 3 by 2 with \(result[0, 0].text) first.",
        columns: 3,
        panels: [
          Self.image.cells(
            title: "image", range: range, window: .init(row: 0, column: 0, rows: 3, columns: 3)),
          filter.cells(title: "filter", range: -2...2),
          result.cells(
            title: "result", range: range, window: .init(row: 0, column: 0, rows: 1, columns: 1)),
        ]),
      name: "example", caption: "The first position, framed, and the first number of the result.")
    report.show(
      Animation(
        title: "The window slides",
        description:
          "The window moves over the image in six steps, and each step fills one cell of "
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
                Self.image.cells(
                  title: "image", range: range,
                  window: .init(row: row, column: column, rows: 3, columns: 3)),
                filled.cells(
                  title: "result", range: range,
                  window: .init(row: row, column: column, rows: 1, columns: 1)),
              ])
          )
        }, secondsPerFrame: 1.2),
      name: "sliding", caption: "Six positions, six numbers.")
  }

  /// The products under the filter at a position, `1·1`, without those with a weight of 0.
  private static func products(row: Int, column: Int) -> [String] {
    (0..<9).compactMap { cell in
      let weight = horizontalEdges.values[cell]
      guard weight != 0 else { return nil }
      let number = image[row + cell / 3, column + cell % 3]
      return "\(number.text)·\(weight < 0 ? "(\(weight.text))" : weight.text)"
    }
  }

  private static func sum(row: Int, column: Int) -> String {
    (0..<3).map { image[row, column + $0].text }.joined(separator: " + ")
  }

  // MARK: - A photograph

  private func findEdges(_ report: inout LessonReport) throws(NNError) {
    let photograph = try Matrix.photograph()
    let horizontal = try photograph.convolved(with: Self.horizontalEdges)
    let vertical = try photograph.convolved(with: Self.verticalEdges)
    let strength = Matrix(
      rows: horizontal.rows, columns: horizontal.columns,
      zip(horizontal.values, vertical.values).map { ($0 * $0 + $1 * $1).squareRoot() })
    let greatest = report.measure("largest strength of an edge", strength.values.max() ?? 0)
    let rare = report.measure(
      "share of pixels above a quarter of the largest strength",
      Double(strength.values.filter { $0 > greatest / 4 }.count) / Double(strength.values.count))
    // The transposed filter on the transposed image has the transposed result.
    let turned = try photograph.transposed.convolved(with: Self.verticalEdges).transposed
    report.measure(
      "largest difference of the transposed filter on the transposed photograph",
      zip(turned.values, horizontal.values).map { abs($0 - $1) }.max() ?? 0)
    let flat = try photograph.map { _ in 0.5 }.convolved(with: Self.horizontalEdges)
    report.measure("largest response to uniform grey", flat.values.map(abs).max() ?? 0)
    report.paragraph(
      """
      The same filter on a photograph: where brightness changes from top to bottom, at horizontal \
      edges, its output is large, and where nothing changes it is 0, since its weights add up to \
      0. The transposed filter finds vertical edges. Both outputs together are a gradient, and \
      its norm is the strength of an edge in any direction. Edges are rare: \(rare.percent) of \
      all pixels have more than a quarter of the largest strength, \(greatest.text).
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
              photograph.image(range: 0...1), horizontal.image(.diverging, range: -2...2),
              vertical.image(.diverging, range: -2...2), strength.image(range: 0...2),
            ],
            captions: ["photograph", "horizontal edges", "vertical edges", "strength"], columns: 2,
            scale: 2)
        ]),
      name: "edges",
      caption:
        "Photograph: NASA, public domain. Orange: brighter above, or on the left; blue: darker.")
  }

  // MARK: - Learned filters

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
    let trainer = try LessonTraining(
      data: data, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.003), epochs: 3,
      batchSize: 64, dtype: .float32
    ).train(model, seed: seed)
    let metrics = try trainer.evaluate(on: test, metrics: [Accuracy()]).metrics
    let accuracy = report.measure("accuracy on test images", metrics[0].value)
    report.paragraph(
      """
      Nobody has to design filters: they are weights, and gradient descent finds them. A network \
      with \(Self.filterCount) filters of 5 × 5, 16 more on their feature maps and one dense \
      layer was trained here, for three epochs on \(Self.trainingRows) images of clothes. It \
      classifies \(accuracy.percent) of \(Self.testRows) others correctly; guessing has an \
      accuracy of 10 %.
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
            images: (0..<Self.filterCount).map { Matrix(filters, at: $0).image(.diverging) },
            captions: (1...Self.filterCount).map { "filter \($0)" }, columns: 4, scale: 18)
        ]),
      name: "filters", caption: "Blue: negative weights. Orange: positive ones.")
    try showMaps(of: trainer, test, &report)
  }

  /// The feature maps of the first boot, shirt and bag.
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
      "share of the feature maps that is 0",
      Double(maps.doubles.filter { $0 == 0 }.count) / Double(maps.elementCount))
    let images = chosen.indices.flatMap { row in
      [Matrix(rows, at: row).image()]
        + (0..<Self.filterCount).map { Matrix(maps, at: row * Self.filterCount + $0).image() }
    }
    let captions = chosen.flatMap { example in
      [names[Int(labels[example])]] + (1...Self.filterCount).map { "\($0)" }
    }
    report.show(
      Figure(
        title: "Feature maps of the first layer",
        description: "A boot, a shirt and a bag, each followed by eight small images of where a "
          + "filter responds: outlines, soles, sleeves, flat parts.",
        panels: [
          ImageGrid(images: images, captions: captions, columns: Self.filterCount + 1, scale: 2)
        ]),
      name: "maps", caption: "After each image its eight feature maps, after ReLU.")
  }
}
